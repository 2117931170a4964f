/** Errors as text. Given: not yours to change. */

/** An error's stack, and what PostgreSQL adds to it: which value, which line of a COPY. */
export function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { detail, where } = error as Error & { detail?: string; where?: string }
  return [detail, where, error.stack].filter(Boolean).join('\n')
}
