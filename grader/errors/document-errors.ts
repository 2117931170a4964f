/** Errors 140–149: predictions.yaml; 150–159: documents that are replayed. A part of the table. */
import type { ErrorEntry } from './table.ts'

export const DOCUMENT_ERRORS = {
  'MR-E-140': {
    class: 'program',
    title: '{file}:{line} cannot be read as predictions: {reason}.',
    cause: 'The file has two keys: `set`, the number of your questions, and `predictions`, a map from each question to your answer.',
    fix: 'Correct that line; `pnpm reset {lab} {file}` and `pnpm predict lab-{lab}` write it anew.',
  },
  'MR-E-141': {
    class: 'program',
    title: '{file}:{line} answers "{id}", which is no question of this lab.',
    cause: 'The keys under `predictions` are the names of questions; `pnpm predict` writes them.',
    fix: 'Did you mean {nearest}? `pnpm predict lab-{lab}` writes your questions and keeps your answers.',
  },
  'MR-E-142': {
    class: 'program',
    title: '{file} lacks {count} of your questions: {ids}.',
    cause: 'Each learner has questions of their own; one that was answered wrong is replaced by another about the same.',
    fix: '`pnpm predict lab-{lab}` writes them into the file and keeps what you have answered.',
  },
  'MR-E-143': {
    class: 'program',
    title: '{file}:{line} leaves "{id}" without an answer.',
    cause: 'A prediction comes before the experiment: the grader performs it only when you have committed yourself.',
    fix: 'Write {wanted} behind the colon.',
  },
  'MR-E-144': {
    class: 'program',
    title: '{file}:{line}: "{id}" takes {wanted}, not {saw}.',
    cause: 'Each question names the kind of its answer in the comment above it.',
    fix: 'Write {wanted} behind the colon.',
  },
  'MR-E-145': {
    class: 'program',
    title: '{file}:{line} belongs to the questions of set {saw}; yours is {set}.',
    cause: 'The number says which questions are asked. It was given to this clone when it first asked for them.',
    fix: 'Write `set: {set}`, then `pnpm predict lab-{lab}` adds the questions that are missing.',
  },
  'MR-E-146': {
    class: 'use',
    title: 'Lab {lab} asks for no predictions.',
    cause: 'Questions are asked where a lab has grader/labs/{folder}/predictions.ts.',
    fix: '`pnpm status` lists all labs; those that ask have a predictions.yaml.',
  },
} as const satisfies Record<string, ErrorEntry>
