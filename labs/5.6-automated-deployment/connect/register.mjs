/**
 * Tells a Connect worker of the connector in source.json, once, and ends: 0 when the worker has taken it, 1 when it has not. Telling it again
 * changes nothing. Needs node alone. Given: not yours to change.
 *   env: CONNECT_URL, e.g. http://connect:8083, and the variables that source.json names
 */
import { readFileSync } from 'node:fs'

const text = readFileSync(new URL('source.json', import.meta.url), 'utf8')
const config = text.replace(/\$\{([A-Z_]+)\}/g, (_, name) => {
  if (!process.env[name]) throw new Error(`${name} is not set`)
  return process.env[name]
})
try {
  const answer = await fetch(`${process.env.CONNECT_URL}/connectors/shipments/config`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: config,
    signal: AbortSignal.timeout(60_000),
  })
  const said = await answer.text()
  if (!answer.ok) throw new Error(`${answer.status} ${said}`)
  console.log('the worker has taken the connector "shipments"')
} catch (error) {
  console.error(`the worker has not taken the connector: ${error.cause?.message ?? error.message}`)
  process.exitCode = 1
}
