/** The two environments of the contract, with secrets that are drawn for the run. */
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../../../kpi/types.ts'

/** What stands in secrets/ and src/release.txt while a KPI runs. */
export interface Drawn {
  db_password: string
  signing_key: string
  release: string
}

/** What the files in secrets/ hold in the course's repository: everybody knows it. */
export const GIVEN = { db_password: 'dev-only-fjord-and-salmon', signing_key: 'dev-only-seal-of-bergen' }

export const BASE = 'compose.yaml'
export const DEV = { files: [BASE, 'compose.dev.yaml'] }
export const PROD = { files: [BASE, 'compose.prod.yaml'], envFile: 'prod.env' }

/** Characters that must be escaped in an address, a form and a header. */
const secret = (random: Random): string => `${random.word(9)}/+%${random.word(9)}`

/** Writes the password as an editor would, with a line end. */
export function writePassword(dir: string, password: string): void {
  writeFileSync(join(dir, 'secrets/db_password.txt'), `${password}\n`)
}

/** Draws secrets and release, and puts them where the contract says they come from; `.env` is the copy of dev.env. */
export function prepare(dir: string, random: Random): Drawn {
  const drawn = { db_password: secret(random), signing_key: secret(random), release: `r-${random.word(10)}` }
  writePassword(dir, drawn.db_password)
  writeFileSync(join(dir, 'secrets/signing_key.txt'), `${drawn.signing_key}\n`)
  writeFileSync(join(dir, 'src/release.txt'), `${drawn.release}\n`)
  copyFileSync(join(dir, 'dev.env'), join(dir, '.env'))
  return drawn
}
