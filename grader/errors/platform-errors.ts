/** Coded errors of `pnpm platform` (160–169). */
import type { ErrorEntry } from './table.ts'

export const PLATFORM_ERRORS = {
  'MR-E-160': {
    class: 'use',
    title: 'The platform is not up.',
    cause: 'Nothing in .millrace/platform/ says that one runs, or its process is gone.',
    fix: 'Start it with `pnpm platform up` and leave that terminal open; then run this again in another one.',
  },
  'MR-E-161': {
    class: 'program',
    title: 'The part "{part}" of the platform did not do its work: {message}.',
    cause: 'The other parts were ended again. What it said is in {log}.',
    fix: 'Read that log. With `--from labs` it is your own program; `pnpm platform up --from solutions` shows the course’s.',
  },
  'MR-E-162': {
    class: 'use',
    title: 'The platform is up already, on the engine {engine} since {since}.',
    cause: 'One clone runs one platform at a time.',
    fix: 'Use it (`pnpm platform status`), or end it with `pnpm platform down` first.',
  },
  'MR-E-163': {
    class: 'program',
    title: 'The marker {marker} did not reach "{hop}" within {seconds} s.',
    cause: 'The last hop that it reached is "{last}"; the part in between stands still. Seen last: {saw}',
    fix: 'Look at `pnpm platform status` and `pnpm platform logs {part}`.',
  },
  'MR-E-164': {
    class: 'use',
    title: 'The platform has no part "{name}".',
    cause: 'Its parts are {all}.',
    fix: 'Did you mean {nearest}? `pnpm platform status` lists them all.',
  },
  'MR-E-165': {
    class: 'environment',
    title: 'The platform (process {pid}) has not ended within {seconds} s.',
    cause: 'It was asked to with SIGTERM; the machine is very busy, or the process is stopped.',
    fix: 'Press Ctrl-C twice in its terminal. `pnpm checkup` shows what is left, and the next run ends it.',
  },
  'MR-E-166': {
    class: 'use',
    title: 'The part "{name}" runs in a container only.',
    cause: 'There is no {name} without Docker; the embedded platform does its work with the course’s own parts.',
    fix: 'Leave it out, or run `pnpm platform up --engine docker --with {name}`.',
  },
} as const satisfies Record<string, ErrorEntry>
