import { COURSE_ERRORS } from './course-errors.ts'
import { DOCKER_ERRORS } from './docker-errors.ts'
import { DOCUMENT_ERRORS } from './document-errors.ts'
import { PLATFORM_ERRORS } from './platform-errors.ts'

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
  'MR-E-002': {
    class: 'use',
    title: 'There is no command "{name}".',
    cause: 'The first word after the program names the command.',
    fix: 'Did you mean `pnpm {nearest}`? `pnpm millrace help` lists all commands.',
  },
  'MR-E-003': {
    class: 'use',
    title: '`pnpm {command}` has no option {flag}.',
    cause: 'An unknown option is refused rather than ignored.',
    fix: 'Did you mean {nearest}? `pnpm {command} --help` lists all options.',
  },
  'MR-E-004': {
    class: 'use',
    title: '{message}.',
    cause: 'The command line does not fit the command.',
    fix: 'Add --help to the command to see its arguments with examples.',
  },
  'MR-E-005': {
    class: 'use',
    title: 'Lab {lab} has no KPI "{kpi}".',
    cause: 'The lab.yaml of the lab does not list it.',
    fix: 'Did you mean {nearest}? The KPIs of the lab are {all}.',
  },
  'MR-E-006': {
    class: 'use',
    title: 'Lab {lab} has no mutant "{mutant}".',
    cause: 'There is no folder {folder}.',
    fix: 'Did you mean {nearest}? The mutants of the lab are {all}.',
  },
  'MR-E-007': {
    class: 'use',
    title: 'Lab {lab} does not run on the engine "{engine}".',
    cause: 'Its lab.yaml lists: {engines}.',
    fix: 'Leave out --engine, or choose one of those.',
  },
  'MR-E-008': {
    class: 'use',
    title: '--seed takes a whole number from 0 to 4294967295, not "{seed}".',
    cause: 'The seed decides every random choice of a run.',
    fix: 'Copy the number from the replay line of the run you want to repeat.',
  },
  // 010–039 course files
  ...COURSE_ERRORS,
  // 040–069 environment and services
  'MR-E-040': {
    class: 'environment',
    title: '{service} cannot listen on port {port} of 127.0.0.1: it is taken.',
    cause: 'Another program took the port between two starts of the service.',
    fix: 'Run it again: a new port is chosen. `pnpm checkup` shows what is left of dead runs.',
  },
  'MR-E-041': {
    class: 'environment',
    title: 'The disk is full: {service} could not write to {path}.',
    cause: 'A run needs about 100 MB in the temporary directory, and once 40 MB in the cache folder.',
    fix: 'Free some space there, or set TMPDIR to a folder on another disk.',
  },
  'MR-E-042': {
    class: 'environment',
    title: 'There is no {service} program for {platform}.',
    cause: '{message}',
    fix: 'Run `npx --yes pnpm install`; on a platform without ready-made programs use `--engine docker` where the lab offers it.',
  },
  'MR-E-043': {
    class: 'environment',
    title: '{service} was not ready within {seconds} s.',
    cause: 'The machine is very busy, or the service is stuck. Its log ended with: {log}',
    fix: 'Close what loads the machine and run it again; `pnpm checkup` shows memory and strays.',
  },
  'MR-E-044': {
    class: 'environment',
    title: 'PostgreSQL refuses to run as root, and this process cannot become another user ({message}).',
    cause: 'As root the database is run as the user "postgres" or "nobody", who must be able to read the programs and the run folder.',
    fix: 'Run as an ordinary user, or allow the container to change user (CAP_SETUID, CAP_SETGID, CAP_CHOWN).',
  },
  'MR-E-045': {
    class: 'environment',
    title: '{service} ended while it was starting: it {how}.',
    cause: 'Its log ended with: {log}',
    fix: 'Run `pnpm checkup`. If the log does not explain it, delete {cache} and run it again.',
  },
  'MR-E-046': {
    class: 'environment',
    title: 'The process that keeps {service} does not answer.',
    cause: '{message}',
    fix: 'Run it again; the services are started anew. If it comes back, `pnpm checkup` shows memory and strays.',
  },
  'MR-E-047': {
    class: 'environment',
    title: 'The run folder {path} cannot be used: {message}.',
    cause: 'Each run keeps its data in a folder of its own in the temporary directory, which must belong to you.',
    fix: 'Remove it, or set TMPDIR to a folder of yours.',
  },
  'MR-E-060': {
    class: 'environment',
    title: 'This machine refused to {what}: {reason}.',
    cause: 'The operating system said {errno}; neither your program nor the grader can go on without it.',
    fix: '{hint} `pnpm checkup` looks at the usual causes.',
  },
  // 070–089 the learner's programs
  'MR-E-070': {
    class: 'program',
    title: '{name} ended before it was ready.',
    cause: 'The program threw an error while starting, or had nothing left to do.',
    fix: 'Start that file yourself with `PORT=4000 node …` and read what it prints; a server must stay alive and listen on the port in PORT.',
  },
  'MR-E-071': {
    class: 'program',
    title: '{name} did not get ready in time.',
    cause: 'The grader waited until {awaited}, and it did not happen.',
    fix: 'Listen on 127.0.0.1 and the port in process.env.PORT, and do so before anything slow.',
  },
  'MR-E-072': {
    class: 'program',
    title: '{name} ran out of memory: {limit}.',
    cause:
      'Each program has a limit for heap and buffers together; the usual reason is a collection that only grows, or reading all at once.',
    fix: 'Bound what you keep: delete what is done, stream instead of collecting.',
  },
  'MR-E-073': {
    class: 'program',
    title: '{name} ran out of CPU time: {limit}.',
    cause: 'Each program has a limit for CPU seconds; the usual reason is a loop that never waits.',
    fix: 'Look for a loop without an end, or one that polls without awaiting anything.',
  },
  'MR-E-074': {
    class: 'program',
    title: '{name} printed too much: {limit}.',
    cause: 'The output of a program is limited, so that a log in a loop cannot fill the disk.',
    fix: 'Print what happens once, not what happens for each request.',
  },
  'MR-E-075': {
    class: 'program',
    title: '{entry} {why}, so it cannot be started.',
    cause: 'A program of a lab is a .ts, .js or .mjs file inside the lab folder.',
    fix: 'Compare the file names with those in the lesson; `pnpm reset` brings a starter file back.',
  },
  'MR-E-076': {
    class: 'program',
    title: '{at} cannot be parsed: {message}',
    cause: 'Node runs TypeScript by removing the types; enums, namespaces and parameter properties are not types and cannot be removed.',
    fix: 'Correct the line that is named; the editor marks it, and `node` with the file shows the same error.',
  },
  'MR-E-077': {
    class: 'program',
    title: '{name} did not end in time.',
    cause: 'The grader runs this program to its end. Something keeps it alive: an open connection, a timer, a loop.',
    fix: 'Close connections and clear timers when the work is done.',
  },
  'MR-E-078': {
    class: 'program',
    title: '{path} {why}.',
    cause: 'The grader reads this file of your lab folder as text of at most 1 MB.',
    fix: 'Write the file where the lesson says.',
  },
  'MR-E-079': {
    class: 'program',
    title: '{path}: the lab folder holds what cannot be laid into a sandbox.',
    cause: 'Programs may read their lab folder only; a symbolic link out of it would lead past that.',
    fix: 'Remove what is named, or replace the link by the file it points to.',
  },
  'MR-E-080': {
    class: 'program',
    title: '{name} wrote too much to disk: {limit}.',
    cause: 'The folder in TMPDIR that a program may write to is limited.',
    fix: 'Delete files that are no longer needed, or write less.',
  },
  'MR-E-081': {
    class: 'program',
    title: '{name} cannot listen on its port {port}: another of your programs does.',
    cause: 'Each program is told its own port in PORT.',
    fix: 'Listen on process.env.PORT only, and on no other port.',
  },
  // 090–099 our bugs
  'MR-E-090': {
    class: 'bug',
    title: 'The grader itself failed: {message}',
    cause: 'This is a defect of Millrace, not of your program; you lose nothing by it.',
    fix: 'Run it again with the same seed; if it comes back, open an issue and attach {evidence}.',
  },
  // 100–139 containers
  ...DOCKER_ERRORS,
  // 140–159 predictions and documents
  ...DOCUMENT_ERRORS,
  // 160–169 the whole platform
  ...PLATFORM_ERRORS,
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS
