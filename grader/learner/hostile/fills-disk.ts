// Writes one endless file, then many, where it may write.
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const block = Buffer.alloc(8 * 1024 * 1024, 1)
try {
  for (;;) appendFileSync(join(process.env.TMPDIR!, 'one'), block)
} catch (error) {
  console.log(`one file: ${(error as NodeJS.ErrnoException).code}`)
}
for (let i = 0; ; i++) writeFileSync(join(process.env.TMPDIR!, `many-${i}`), block)
