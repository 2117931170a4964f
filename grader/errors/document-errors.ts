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
  'MR-E-150': {
    class: 'program',
    title: '{file} has no {what}{where}.',
    cause:
      'The document is read as a Markdown parser reads it: headings, tables and fences count, not what looks like them inside of a comment or a fence.',
    fix: 'Add it where the lesson says; compare the heading letter by letter.',
  },
  'MR-E-151': {
    class: 'program',
    title: '{file}:{line} cannot be read: {reason}.',
    cause: 'The grader reads the file as its format says (YAML, Mermaid, shell), and compares what it says with what really runs.',
    fix: 'Correct that line; a preview of the page shows it too.',
  },
  'MR-E-152': {
    class: 'program',
    title: '{file}:{line}: the table has no column "{column}"; it has {saw}.',
    cause: 'The table is replayed row by row, so its columns have fixed names; their order is free, and further columns are yours.',
    fix: 'Add the column "{column}", spelled as in the lesson.',
  },
  'MR-E-153': {
    class: 'program',
    title: '{file}:{line}: the column "{column}" takes {wanted}, not {saw}.',
    cause: 'The table is replayed row by row; this cell says nothing that could be tried.',
    fix: 'Write {wanted} into that cell.',
  },
  'MR-E-154': {
    class: 'program',
    title: '{file}:{line}: the table has no row for {row}.',
    cause: 'The lesson names the rows that the column "{column}" must have.',
    fix: 'Add a row with {row} in the column "{column}".',
  },
  'MR-E-155': {
    class: 'program',
    title: '{file}:{line}: more than {limit}.',
    cause: 'Everything in the document is really tried, which takes time; so its size is limited.',
    fix: 'Keep to what the lesson asks for.',
  },
  'MR-E-156': {
    class: 'program',
    title: '{file}:{line} is not run here: {reason}.',
    cause:
      'Commands of this document are run word by word, without a shell, against a project of your compose file that the grader started.',
    fix: 'Write `docker compose exec -T <service> <command>` or another of: {allowed}. Inside of the container `sh -c` may do what a shell does.',
  },
} as const satisfies Record<string, ErrorEntry>
