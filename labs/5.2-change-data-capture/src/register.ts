/**
 * Gives a connector's configuration to Kafka Connect: node src/register.ts connect/source.json
 * `${NAME}` in a value becomes the variable NAME of the environment. CONNECT_URL, CONNECTOR: where, and under which name.
 * Exit 0: accepted; 1: refused, with Connect's own words. Given: not yours to change.
 */
import { readFileSync } from 'node:fs'

const [file = 'connect/source.json'] = process.argv.slice(2)
const need = (name: string): string => {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}

try {
  const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  const filled = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, String(value).replaceAll(/\$\{([A-Z_]+)\}/g, (_, name: string) => need(name))]),
  )
  const answer = await fetch(`${need('CONNECT_URL')}/connectors/${encodeURIComponent(need('CONNECTOR'))}/config`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(filled),
    signal: AbortSignal.timeout(60_000),
  })
  if (!answer.ok) throw new Error(((await answer.json()) as { message?: string }).message ?? `Connect answered ${answer.status}`)
  console.log(`${file} is registered as ${need('CONNECTOR')}`)
} catch (error) {
  console.error(`${file}: ${(error as Error).message}`)
  process.exitCode = 1
}
