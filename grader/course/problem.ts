/** One mistake in a file of the course, said so that it can be mended without searching. */
export interface Problem {
  /** Relative to the repository, with forward slashes. */
  file: string
  line: number
  column: number
  /** What is wrong, and the nearest right key or value where there is one. */
  message: string
}

/** `labs/6.2-rate-limiter/lab.yaml:14:7  unknown key "clain": did you mean "claim"?`, a line each, in the file's order. */
export function problemLines(problems: readonly Problem[]): string[] {
  return [...problems]
    .sort((a, b) => (a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1))
    .map(problem => `${problem.file}:${problem.line}:${problem.column}  ${problem.message}`)
}
