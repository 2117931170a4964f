/** What learners of lab 1.1 predict. Groups are made by what happens, so that no constant answer gets through. */
import type { Pool } from '../../experiments/predictions/types.ts'
import type { Bench } from './support/bench.ts'
import { exitCodeAfter, exitCodeOf, STATES, stateAfter } from './support/lifecycle.ts'
import { survives } from './support/survival.ts'

const yesNo = { type: 'yes-no' } as const
const state = { type: 'choice', options: STATES } as const

export const pools: [Pool<Bench>, Pool<Bench>] = [
  {
    kpi: 'state-predicted',
    groups: [
      {
        about: 'a container keeps its file system, and its volumes, as long as it is not removed',
        kind: yesNo,
        take: 3,
        questions: [
          ...(['restart', 'stop-start', 'kill-start', 'pause'] as const).map(operation => survives('file', operation)),
          ...(['restart', 'stop-start', 'kill-start', 'pause', 'recreate'] as const).map(operation => survives('row', operation)),
          ...(['restart', 'stop-start', 'pause', 'recreate'] as const).map(operation => survives('key', operation)),
          survives('process', 'pause'),
        ],
      },
      {
        about: 'a new container starts from its image; memory and processes do not outlive the main process',
        kind: yesNo,
        take: 3,
        questions: [
          ...(['rm-up', 'recreate', 'renew', 'down-up'] as const).map(operation => survives('file', operation)),
          ...(['rm-up', 'renew', 'down-up'] as const).map(operation => survives('row', operation)),
          ...(['kill-start', 'rm-up', 'renew', 'down-up'] as const).map(operation => survives('key', operation)),
          ...(['restart', 'stop-start', 'kill-start', 'rm-up', 'recreate'] as const).map(operation => survives('process', operation)),
        ],
      },
    ],
  },
  {
    kpi: 'lifecycle-predicted',
    groups: [
      {
        about: 'a container ends when its main process ends, whoever ends it',
        kind: state,
        take: 1,
        questions: [
          stateAfter('state-after-kill', 'web', ['kill', 'web']),
          stateAfter('state-after-stop', 'db', ['stop', 'db']),
          stateAfter('state-after-main-process-quits', 'web', ['exec', '-T', 'web', 'nginx', '-s', 'quit']),
          stateAfter('state-after-shutdown-command', 'cache', ['exec', '-T', 'cache', 'redis-cli', 'SHUTDOWN', 'NOSAVE']),
          stateAfter('state-after-restart-and-stop', 'cache', ['restart', 'cache'], ['stop', 'cache']),
          stateAfter('state-after-signal-term', 'web', ['kill', '--signal', 'SIGTERM', 'web']),
        ],
      },
      {
        about: 'what happens beside the main process does not end a container',
        kind: state,
        take: 1,
        questions: [
          stateAfter('state-after-restart', 'db', ['restart', 'db']),
          stateAfter('state-after-pause-unpause', 'cache', ['pause', 'cache'], ['unpause', 'cache']),
          stateAfter('state-after-signal-hup', 'web', ['kill', '--signal', 'SIGHUP', 'web']),
          stateAfter('state-after-exec-fails', 'web', ['exec', '-T', 'web', 'sh', '-c', 'exit 7']),
          stateAfter('state-after-exec-killed', 'cache', ['exec', '-T', 'cache', 'sh', '-c', 'kill -9 $$']),
          stateAfter('state-after-up-again', 'web', ['up', '-d', 'web']),
        ],
      },
      {
        about: 'a container may exist without running',
        kind: state,
        take: 1,
        questions: [
          stateAfter('state-after-pause', 'web', ['pause', 'web']),
          stateAfter('state-after-rm', 'cache', ['rm', '--stop', '--force', 'cache']),
          stateAfter('state-after-create', 'web', ['create', '--force-recreate', 'web']),
          stateAfter('state-after-down', 'cache', ['down']),
        ],
      },
      {
        about: 'exit codes: 0 for an orderly end, 128 + signal for a kill, and of exec the command’s own',
        kind: { type: 'number', unit: '', within: 0 },
        take: 1,
        questions: [
          exitCodeAfter('exit-code-after-kill-web', 'web', ['kill', 'web']),
          exitCodeAfter('exit-code-after-kill-db', 'db', ['kill', 'db']),
          exitCodeAfter('exit-code-after-kill-cache', 'cache', ['kill', 'cache']),
          exitCodeAfter('exit-code-after-stop-web', 'web', ['stop', 'web']),
          exitCodeAfter('exit-code-after-stop-db', 'db', ['stop', 'db']),
          exitCodeAfter('exit-code-after-stop-cache', 'cache', ['stop', 'cache']),
          exitCodeOf('exit-code-of-exec', 'cache', ['sh', '-c', 'exit 42']),
          exitCodeOf('exit-code-of-exec-killed', 'web', ['sh', '-c', 'kill -9 $$']),
          exitCodeOf('exit-code-of-exec-false', 'web', ['cat', '/no/such/file']),
        ],
      },
    ],
  },
]
