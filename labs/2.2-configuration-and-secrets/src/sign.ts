/**
 * Signs the release while the image is built: `node src/sign.ts KEYFILE > build.json`. Given.
 * The signature is HMAC-SHA-256 of the text in release.txt, in hexadecimal; line ends at the end of key and release do not count.
 */
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'

const text = (path: string | URL): string => readFileSync(path, 'utf8').replace(/[\r\n]+$/, '')

const [keyFile] = process.argv.slice(2)
if (!keyFile) throw new Error('usage: node src/sign.ts KEYFILE')
const release = text(new URL('release.txt', import.meta.url))
console.log(JSON.stringify({ release, signature: createHmac('sha256', text(keyFile)).update(release).digest('hex') }))
