/** For tests that need an engine: whether there is one, and if not, why, for the name under which they are reported as skipped. */
import { askDocker } from './client.ts'
import { lookForEngine } from './reachable.ts'

const facts = await lookForEngine()

/** An engine answers and has compose. */
export const hasEngine: boolean = typeof facts !== 'string' && facts.compose !== undefined

/** Compose reads files without an engine. */
export const hasCompose: boolean =
  hasEngine ||
  (await askDocker(['compose', 'version'], { within: 8_000 }).then(
    ({ code }) => code === 0,
    () => false,
  ))

const why = typeof facts === 'string' ? facts : facts.compose === undefined ? 'Compose is missing' : ''

/** Is an image on this machine? */
export const hasImage = async (image: string): Promise<boolean> =>
  hasEngine &&
  (await askDocker(['image', 'inspect', image], { within: 8_000 }).then(
    ({ code }) => code === 0,
    () => false,
  ))

/** The name of a group of tests, with the reason when they are skipped. */
export const named = (name: string, runs: boolean, reason = why): string => (runs ? name : `${name} [skipped: ${reason}]`)
