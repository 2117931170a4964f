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

/** Puts both sources and the sink, and waits until their tasks run. */
export async function startConnectors(): Promise<void> {
  const url = need('CONNECT_URL')
  for (const name of ['source', 'readings', 'alerts-sink']) {
    await until(`connector ${name}`, async () => {
      const put = await fetch(`${url}/connectors/${name}/config`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(configOf(name)),
      })
      if (!put.ok) throw new Error(`${put.status} ${await put.text()}`)
      return true
    })
    await until(`connector ${name}`, async () => {
      const answer = await fetch(`${url}/connectors/${name}/status`)
      const { connector, tasks } = (await answer.json()) as Status
      const failed = tasks.find(({ state }) => state === 'FAILED')
      if (failed) throw new Error(failed.trace?.split('\n')[0] ?? 'its task failed')
      if (connector.state !== 'RUNNING' || tasks.length === 0) throw new Error(`it is ${connector.state}, with ${tasks.length} tasks`)
      if (tasks.some(({ state }) => state !== 'RUNNING')) throw new Error(`its task is ${tasks.map(({ state }) => state).join()}`)
      return true
    })
  }
}
