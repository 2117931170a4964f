/** Whether database and cache are up, as the last call to them showed; each change is one line of the log. */
import type { Dependency } from './contract.ts'
import { log } from './log.ts'

/** What is down, by the calls that were watched. */
export class Dependencies {
  private readonly broken = new Set<Dependency>()

  down(): Dependency[] {
    return [...this.broken]
  }

  /** Passes on what a call brings, and notes what that says about the dependency. */
  async watch<T>(dependency: Dependency, call: Promise<T>): Promise<T> {
    try {
      const result = await call
      if (this.broken.delete(dependency)) log('info', 'dependency-up', { dependency })
      return result
    } catch (error) {
      if (!this.broken.has(dependency)) log('error', 'dependency-down', { dependency, cause: causeOf(error as Error) })
      this.broken.add(dependency)
      throw error
    }
  }
}

/** Of several addresses tried, the message is empty, and the code says it. */
const causeOf = (error: Error & { code?: string }): string => error.message || error.code || error.name
