/** The connectors, from the files in ../connectors with the environment filled in. */
import { readFileSync } from 'node:fs'
import { need } from '../environment.ts'
import { until } from './until.ts'

interface Status {
  connector: { state: string }
  tasks: { state: string; trace?: string }[]
}

/** A connector's configuration: every `${NAME}` with a capital is a variable of the environment. */
export function configOf(name: string): Record<string, string> {
  const text = readFileSync(new URL(`../../connectors/${name}.json`, import.meta.url), 'utf8')
  const config = JSON.parse(text) as Record<string, string>
  const filled = (value: string) => value.replace(/\$\{([A-Z_]+)\}/g, (_, variable: string) => need(variable))
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, filled(value)]))
}

const NAMES = ['source', 'readings', 'alerts-sink']
/** Milliseconds: a worker in a JVM that has just started takes its time, and rebalances with each connector. */
const WITHIN = 180_000

/** Puts both sources and the sink, and waits until their tasks run. */
export async function startConnectors(): Promise<void> {
  const url = need('CONNECT_URL')
  for (const name of NAMES) {
    await until(
      `connector ${name}`,
      async () => {
        const put = await fetch(`${url}/connectors/${name}/config`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(configOf(name)),
        })
        if (!put.ok) throw new Error(`${put.status} ${await put.text()}`)
        return true
      },
      WITHIN,
    )
  }
  await Promise.all(NAMES.map(name => until(`connector ${name}`, () => runs(url, name), WITHIN)))
}

/** True when the connector and its tasks run. @throws Error that says in which state they are */
async function runs(url: string, name: string): Promise<true> {
  const answer = await fetch(`${url}/connectors/${name}/status`)
  const { connector, tasks } = (await answer.json()) as Status
  const failed = tasks.find(({ state }) => state === 'FAILED')
  if (failed) throw new Error(failed.trace?.split('\n')[0] ?? 'its task failed')
  if (connector.state !== 'RUNNING' || tasks.length === 0) throw new Error(`it is ${connector.state}, with ${tasks.length} tasks`)
  if (tasks.some(({ state }) => state !== 'RUNNING')) throw new Error(`its task is ${tasks.map(({ state }) => state).join()}`)
  return true
}
