import { docker } from '../../engines/docker/client.ts'
import { askJson } from '../../services/json-client.ts'
import { must, type StartOptions, type Trial } from './trial.ts'

/** A registry of a trial: `inside` is its address for the other containers. */
export interface TrialRegistry {
  ask: <T = Record<string, unknown>>(path: string, method?: string, body?: unknown) => Promise<{ status: number; body: T }>
  inside: string
}

/** Starts the registry and waits for its Confluent-compatible interface. */
export async function startRegistry(trial: Trial, options: StartOptions = {}): Promise<TrialRegistry> {
  const container = await trial.start({ ...options, alias: 'registry', ports: [8080] })
  const base = `http://127.0.0.1:${await trial.port(8080, container)}/apis/ccompat/v7`
  const ask: TrialRegistry['ask'] = (path, method, body) => askJson(base, path, method, body)
  await trial.until('the registry lists its subjects', async () => (await ask('/subjects')).status === 200, 120_000)
  return { ask, inside: 'http://registry:8080' }
}

const schema = (...fields: object[]) => ({
  schema: JSON.stringify({ type: 'record', name: 'Reading', fields: [{ name: 'id', type: 'long' }, ...fields] }),
})

/** Registers, gives back by id, refuses what is incompatible with 409, takes a rule for everything from the environment. */
export async function registry(trial: Trial): Promise<string> {
  const { ask } = await startRegistry(trial, { env: { APICURIO_RULES_GLOBAL_COMPATIBILITY: 'BACKWARD' } })
  const versions = '/subjects/readings-value/versions'
  const first = await ask<{ id: number }>(versions, 'POST', schema())
  must(first.status === 200, `a schema is registered; the answer: ${JSON.stringify(first)}`)
  const again = await ask<{ id: number }>(versions, 'POST', schema())
  must(again.body.id === first.body.id, 'the same schema has the same id')
  const byId = await ask<{ schema: string }>(`/schemas/ids/${first.body.id}`)
  must(byId.status === 200 && JSON.parse(byId.body.schema).name === 'Reading', 'a schema is found by its id')
  const bad = await ask(versions, 'POST', schema({ name: 'door', type: 'boolean' }))
  must(bad.status === 409, `an incompatible schema is refused by the rule of the environment; the answer: ${JSON.stringify(bad)}`)
  const good = await ask<{ id: number }>(versions, 'POST', schema({ name: 'door', type: 'boolean', default: false }))
  must(good.status === 200 && good.body.id !== first.body.id, 'a compatible schema gets an id of its own')
  const none = await ask<{ compatibility: string }>('/config/readings-value', 'PUT', { compatibility: 'NONE' })
  must(none.status === 200, `the rule of a subject can be changed; the answer: ${JSON.stringify(none)}`)
  must((await ask(versions, 'POST', schema({ name: 'door', type: 'string' }))).status === 200, 'with NONE anything is taken')
  must((await ask<number[]>(versions)).body.join() === '1,2,3', 'three versions are listed')
  must(
    (await trial.exec(['curl', '-fs', 'http://localhost:9000/health/ready'])).code === 0,
    'curl and the health check at port 9000 are there for healthchecks',
  )
  must((await docker(['exec', trial.container, 'cat', '/proc/1/status'])).includes('Uid:\t185'), 'the registry is not root')
  return 'registered, found by id, refused an incompatible schema with 409'
}
