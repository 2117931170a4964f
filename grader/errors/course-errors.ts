/** Errors 010–039: files of the course and of labs. A part of the table. */
import type { ErrorEntry } from './table.ts'

export const COURSE_ERRORS = {
  'MR-E-010': {
    class: 'use',
    title: 'The manifest has {count}.',
    cause: 'lab.yaml is checked as a whole before anything runs: {list}',
    fix: 'Correct these lines. A learner never needs to edit lab.yaml: `pnpm reset {lab}` brings the original back.',
  },
  'MR-E-011': {
    class: 'use',
    title: '{folder} has no lab.yaml.',
    cause: 'Every folder under labs/ is one lab and carries its manifest.',
    fix: 'Add {folder}/lab.yaml (copy a neighbour), or move the folder out of labs/.',
  },
  'MR-E-012': {
    class: 'use',
    title: 'Lab {lab} has no sealed starter ({file}).',
    cause: 'The sealed starter is the pristine copy that workspaces, reset and diff are made from.',
    fix: 'Author of the lab: `pnpm millrace seal {lab}`. Learner: the clone is incomplete, restore the file from the repository.',
  },
  'MR-E-013': {
    class: 'use',
    title: 'The sealed starter {file} cannot be read: {reason}',
    cause: 'The file was edited by hand or cut short.',
    fix: 'Restore it from the repository; an author can make it again with `pnpm millrace seal {lab}`.',
  },
  'MR-E-014': {
    class: 'use',
    title: '{path} is {what}; only ordinary files and folders are graded.',
    cause: 'Links and special files can lead out of the lab folder, where the workspace must not reach.',
    fix: 'Put an ordinary file in its place, or `pnpm reset {lab}`: it takes out what is not graded and keeps it.',
  },
  'MR-E-015': {
    class: 'use',
    title: '{dir} holds more than {limit} files beside those of the lab.',
    cause: 'Every file under the folders you edit is copied into each run.',
    fix: 'Move what the programs do not need out of the lab folder.',
  },
  'MR-E-016': {
    class: 'use',
    title: '{path} makes the lab larger than {limit}.',
    cause: 'Every file under the folders you edit is copied into each run; a file may have 1 MB, all together 10 MB.',
    fix: 'Move or shrink it; data belongs into datasets/, not into the lab folder.',
  },
  'MR-E-017': {
    class: 'use',
    title: '{path}: a node_modules folder inside a lab.',
    cause: 'Labs use the packages of the repository root, so that every learner is graded with the same versions.',
    fix: 'Remove that folder; import the packages that the lesson names, they are installed already.',
  },
  'MR-E-018': {
    class: 'use',
    title: '{path} is missing.',
    cause: 'It is one of the files that this lab grades.',
    fix: 'Bring the starter back: `pnpm reset {lab} {file}`.',
  },
  'MR-E-019': {
    class: 'use',
    title: 'Lab {lab} has no solution.',
    cause: 'There is no folder solutions/{folder}/.',
    fix: 'Restore it from the repository. Author of the lab: add the files that differ from the starter, and NOTES.md.',
  },
  'MR-E-020': {
    class: 'use',
    title: 'The mutant {mutant} of lab {lab} is the solution: {reason}',
    cause: 'A mutant overlay holds one realistic mistake; without a difference there is nothing to catch.',
    fix: 'Put the changed file into solutions/{folder}/mutants/{mutant}/, under the path it has in the solution.',
  },
  'MR-E-021': {
    class: 'use',
    title: '{path} lies deeper than {limit} folders.',
    cause: 'The lab folder is copied into each run; its depth is limited.',
    fix: 'Flatten the folders, or move what the programs do not need out of the lab.',
  },
  'MR-E-022': {
    class: 'use',
    title: 'There are no labs here.',
    cause: 'labs/ has no folder named <level>.<number>-<name>.',
    fix: 'Restore labs/ from the repository.',
  },
  'MR-E-023': {
    class: 'use',
    title: 'Lab {lab} has no file "{file}".',
    cause: 'Files are named as they lie in the lab folder, e.g. src/server.ts.',
    fix: 'Did you mean {nearest}? The files of the lab are {all}.',
  },
  'MR-E-024': {
    class: 'use',
    title: 'The solution of lab {lab} is not open yet: {open}.',
    cause: '`pnpm diff --solution` opens once every KPI that is not a bonus has passed on your files.',
    fix: '`pnpm hint lab-{lab} {kpi}` gives one step at a time. Instructors: add --instructor.',
  },
} as const satisfies Record<string, ErrorEntry>
