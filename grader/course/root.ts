import { fileURLToPath } from 'node:url'

/** Absolute path of the repository this grader belongs to, wherever the command was called from. */
export const repositoryRoot = (): string => fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '')
