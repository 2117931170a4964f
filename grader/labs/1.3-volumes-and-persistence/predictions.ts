/** What learners of lab 1.3 predict. Groups are made by what happens, so that no constant answer gets through. */
import type { Pool } from '../../experiments/predictions/types.ts'
import type { Bench } from './support/bench.ts'
import { NOT_SEEN, SEEN } from './support/mounts.ts'
import type { Operation } from './support/operations.ts'
import { orphansAfter, survives } from './support/survival.ts'

const yesNo = { type: 'yes-no' } as const
const RM = ['rm', '--stop', '--force', 'probe']
const UP = ['up', '-d', 'probe']
const NEW: Operation[] = ['rm', 'down', 'up --force-recreate', 'up --force-recreate --renew-anon-volumes']
const SAME: Operation[] = ['restart', 'kill']

export const pools: [Pool<Bench>, Pool<Bench>] = [
  {
    kpi: 'survival-predicted',
    groups: [
      {
        about: 'volumes and bind mounts outlive the container; an anonymous volume is handed on by up',
        kind: yesNo,
        take: 2,
        questions: [
          ...NEW.map(operation => survives('named volume', operation)),
          ...NEW.map(operation => survives('bind mount', operation)),
          survives('bind mount', 'down --volumes'),
          survives('anonymous volume', 'up --force-recreate'),
        ],
      },
      {
        about: 'the same container, started again, has what it had on disk',
        kind: yesNo,
        take: 1,
        questions: (['named volume', 'anonymous volume', 'bind mount', 'container layer'] as const).flatMap(place =>
          SAME.map(operation => survives(place, operation)),
        ),
      },
      {
        about: 'a new container has a new layer, and, when the old one was removed first, a new anonymous volume',
        kind: yesNo,
        take: 2,
        questions: [
          ...NEW.map(operation => survives('container layer', operation)),
          survives('container layer', 'down --volumes'),
          ...(['rm', 'down', 'down --volumes', 'up --force-recreate --renew-anon-volumes'] as const).map(operation =>
            survives('anonymous volume', operation),
          ),
        ],
      },
      {
        about: 'memory goes when the container ends; named volumes go when they are asked to',
        kind: yesNo,
        take: 1,
        questions: [
          ...([...SAME, ...NEW, 'down --volumes'] as const).map(operation => survives('tmpfs', operation)),
          survives('named volume', 'down --volumes'),
        ],
      },
      {
        about: 'anonymous volumes stay behind, unless somebody asks for their removal',
        kind: { type: 'number', unit: 'volumes', within: 0 },
        take: 1,
        questions: [
          orphansAfter('orphans-after-rm-up', RM, UP),
          orphansAfter('orphans-after-rm-up-twice', RM, UP, RM, UP),
          orphansAfter('orphans-after-rm-volumes-up', [...RM, '--volumes'], UP),
          orphansAfter('orphans-after-down', ['down']),
          orphansAfter('orphans-after-down-volumes', ['down', '--volumes']),
          orphansAfter('orphans-after-force-recreate', ['up', '-d', '--force-recreate', 'probe']),
          orphansAfter('orphans-after-down-up-down', ['down'], UP, ['down']),
          orphansAfter('orphans-after-restart', ['restart', 'probe']),
        ],
      },
    ],
  },
  {
    kpi: 'mounts-predicted',
    groups: [
      {
        about: 'a bind mount is the folder itself; a volume is shared by name and filled from the image once',
        kind: yesNo,
        take: 2,
        questions: SEEN,
      },
      {
        about: 'a mount hides what it covers, a file’s mount is its inode, and what has no name is nobody else’s',
        kind: yesNo,
        take: 2,
        questions: NOT_SEEN,
      },
    ],
  },
]
