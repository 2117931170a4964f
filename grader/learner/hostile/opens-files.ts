// Opens files until it gets no more, and keeps them.
import { openSync } from 'node:fs'

let count = 0
try {
  for (;;) {
    openSync(import.meta.filename, 'r')
    count++
  }
} catch (error) {
  console.log(`OPENED ${count}: ${(error as NodeJS.ErrnoException).code}`)
}
