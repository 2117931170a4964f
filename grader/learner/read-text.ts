import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { fault } from './fault.ts'

const MAX_BYTES = 1024 * 1024

/**
 * Text of a file of the workspace.
 * @throws LearnerFault (MR-E-078) when it is missing, outside the workspace, not a file, or over 1 MB
 */
export async function readText(dir: string, path: string): Promise<string> {
  const refuse = (why: string) => fault('MR-E-078', { saw: `${path} ${why}`, lookAt: path })
  const full = resolve(dir, path)
  if (!full.startsWith(dir + sep)) throw refuse('is outside the lab folder')
  // NONBLOCK: opening a named pipe must not wait for a writer.
  const file = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    throw refuse(error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.code})`)
  })
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw refuse('is not a file')
    if (stat.size > MAX_BYTES) throw refuse('is larger than 1 MB')
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}
