/**
 * Every coded error, once. Three classes apart: `use` (the command or a file of the course is wrong), `environment` (this machine),
 * `program` (the learner's program), `bug` (ours). docs/errors.md is held to this table by a test.
 * `title`, `cause` and `fix` may name facts as {fact}; the thrower supplies them.
 */
export interface ErrorEntry {
  class: 'use' | 'environment' | 'program' | 'bug'
  title: string
  cause: string
  fix: string
}

export const ERRORS = {
  // 001–009 commands
  'MR-E-001': {
    class: 'use',
    title: 'There is no lab "{name}".',
    cause: 'The name matches no lab by id (6.2), by lab-id (lab-6.2) or by folder.',
    fix: 'Did you mean {nearest}? `pnpm status` lists all labs.',
  },
  // 010–039 course files
  // 040–069 environment and services
  // 070–089 the learner's programs
  // 090–099 our bugs
  'MR-E-090': {
    class: 'bug',
    title: 'The grader itself failed: {message}',
    cause: 'This is a defect of Millrace, not of your program; you lose nothing by it.',
    fix: 'Run it again with the same seed; if it comes back, open an issue with the evidence folder {evidence}.',
  },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS
