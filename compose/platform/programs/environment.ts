/** The environment of the platform's programs: what is missing is named, nothing is guessed. */

/**
 * A variable that must be there.
 * @throws Error that names it
 */
export function need(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}

/** A variable of a part that may be left out of the platform. */
export const maybe = (name: string): string | undefined => process.env[name] || undefined

/** Says one thing that happened as a line of JSON on standard output, which is the program's log. */
export function say(what: string, facts: Record<string, unknown> = {}): void {
  console.log(JSON.stringify({ at: new Date().toISOString(), what, ...facts }))
}
