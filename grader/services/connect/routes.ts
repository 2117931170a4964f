/** Kafka Connect's REST interface (https://kafka.apache.org/documentation/#connect_rest), as far as people use it. */
import { HttpError, type JsonRequest, Reply, type Route } from '../json-http.ts'
import { type Config, type Errors, validation } from './config/definition.ts'
import { check, PLUGINS, type Plugin, pluginOf } from './plugins.ts'
import type { Connector, Target, Worker } from './worker.ts'

export interface Identity {
  version: string
  workerId: string
  clusterId: string
}

/** The routes of the REST interface: plugins, connectors, and their lives (pause, resume, restart). */
export function connectRoutes(worker: Worker, identity: Identity): Route[] {
  return [...pluginRoutes(identity), ...connectorRoutes(worker, identity), ...lifeRoutes(worker, identity)]
}

function pluginRoutes({ version, clusterId }: Identity): Route[] {
  return [
    ['GET', '/', () => ({ version, commit: 'millrace', kafka_cluster_id: clusterId })],
    ['GET', '/connector-plugins', () => Object.entries(PLUGINS).map(([name, { type }]) => ({ class: name, type, version }))],
    [
      'GET',
      '/connector-plugins/:name/config',
      ({ params }) => {
        const { keys } = pluginNamed(params['name'])
        return validation(params['name']!, keys, {}, new Map()).configs.map(one => one.definition)
      },
    ],
    [
      'PUT',
      '/connector-plugins/:name/config/validate',
      async ({ params, body }) => {
        const config = configOf(body)
        const plugin = pluginNamed(params['name'])
        return validation(params['name']!, plugin.keys, config, await check(plugin, config))
      },
    ],
  ]
}

function connectorRoutes(worker: Worker, identity: Identity): Route[] {
  const put = async (name: string, config: Config, target?: Target) => {
    const given: Config = { ...config, name }
    const plugin = pluginOf(given['connector.class'])
    if (!plugin) throw new HttpError(500, `Failed to find any class that implements Connector and which name matches ${given['connector.class']}, available connectors are: ${Object.keys(PLUGINS).join(', ')}`) // biome-ignore format: one line
    refuse(await check(plugin, given))
    for (const key of unknownKeys(plugin, given)) console.error(`${name}: the configuration '${key}' was supplied but isn't a known config`)
    await worker.configure(name, given, target)
    return infoOf(worker.get(name)!)
  }
  return [
    [
      'GET',
      '/connectors',
      ({ query }) => {
        const expand = query.getAll('expand')
        if (expand.length === 0) return worker.names
        const shown = (one: Connector) => ({
          ...(expand.includes('info') ? { info: infoOf(one) } : {}),
          ...(expand.includes('status') ? { status: statusOf(one, identity) } : {}),
        })
        return Object.fromEntries(worker.names.map(name => [name, shown(worker.get(name)!)]))
      },
    ],
    [
      'POST',
      '/connectors',
      async ({ body }) => {
        const { name, config, initial_state: initial = 'RUNNING' } = (body ?? {}) as Record<string, unknown>
        if (typeof name !== 'string' || name.trim() === '') throw new HttpError(400, 'Connector name is missing')
        if (!['RUNNING', 'PAUSED', 'STOPPED'].includes(String(initial))) throw new HttpError(400, `initial_state may not be ${initial}`)
        if (worker.get(name)) throw new HttpError(409, `Connector ${name} already exists`)
        return new Reply(201, await put(name, configOf(config), initial === 'RUNNING' ? 'STARTED' : (initial as Target)))
      },
    ],
    ['GET', '/connectors/:name', request => infoOf(named(worker, request))],
    ['GET', '/connectors/:name/config', request => named(worker, request).config],
    [
      'PUT',
      '/connectors/:name/config',
      async ({ params, body }) => {
        const status = worker.get(params['name']!) ? 200 : 201
        return new Reply(status, await put(params['name']!, configOf(body)))
      },
    ],
    [
      'PATCH',
      '/connectors/:name/config',
      async request => {
        const { name, config } = named(worker, request)
        const merged = { ...config, ...configOf(request.body) }
        return put(name, Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)))
      },
    ],
    ['DELETE', '/connectors/:name', request => worker.remove(named(worker, request).name)],
  ]
}

function lifeRoutes(worker: Worker, identity: Identity): Route[] {
  const task = (request: JsonRequest) => {
    const connector = named(worker, request)
    if (request.params['task'] !== '0') throw new HttpError(404, `Task ${connector.name}-${request.params['task']} not found`)
    return connector
  }
  const aim = (target: Target, status: number) => async (request: JsonRequest) => {
    await worker.aim(named(worker, request).name, target)
    return new Reply(status)
  }
  const stopped = (request: JsonRequest) => {
    const connector = named(worker, request)
    if (connector.target !== 'STOPPED') throw new HttpError(400, 'Connectors must be in the STOPPED state before their offsets can be modified') // biome-ignore format: one line
    return connector
  }
  return [
    ['GET', '/connectors/:name/status', request => statusOf(named(worker, request), identity)],
    ['PUT', '/connectors/:name/pause', aim('PAUSED', 202)],
    ['PUT', '/connectors/:name/resume', aim('STARTED', 202)],
    ['PUT', '/connectors/:name/stop', aim('STOPPED', 204)],
    [
      'POST',
      '/connectors/:name/restart',
      async request => {
        const connector = named(worker, request)
        const whole = request.query.get('includeTasks') === 'true'
        if (request.query.get('onlyFailed') !== 'true' || connector.task.state === 'FAILED') await worker.restart(connector.name)
        return whole ? new Reply(202, statusOf(worker.get(connector.name)!, identity)) : new Reply(204)
      },
    ],
    ['GET', '/connectors/:name/tasks', request => [{ id: { connector: named(worker, request).name, task: 0 }, config: named(worker, request).config }]], // biome-ignore format: one line
    ['GET', '/connectors/:name/tasks/:task/status', request => statusOf(task(request), identity).tasks[0]],
    [
      'POST',
      '/connectors/:name/tasks/:task/restart',
      async request => {
        await worker.restart(task(request).name)
        return new Reply(204)
      },
    ],
    [
      'GET',
      '/connectors/:name/offsets',
      request => {
        const { name, config } = named(worker, request)
        const offset = worker.offsetOf(name)
        return { offsets: offset ? [{ partition: { server: config['topic.prefix'] }, offset }] : [] }
      },
    ],
    [
      'DELETE',
      '/connectors/:name/offsets',
      async request => {
        await worker.setOffset(stopped(request).name, null)
        return { message: 'The offsets for this connector have been reset successfully' }
      },
    ],
  ]
}

function named(worker: Worker, { params }: JsonRequest): Connector {
  const found = worker.get(params['name']!)
  if (!found) throw new HttpError(404, `Connector ${params['name']} not found`)
  return found
}

function pluginNamed(name: string | undefined): Plugin {
  const plugin = pluginOf(name)
  if (!plugin) throw new HttpError(404, `Failed to find any class that implements Connector and which name matches ${name}`)
  return plugin
}

/** Values are texts; JSON numbers and booleans are taken as such. */
function configOf(body: unknown): Config {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new HttpError(400, 'The configuration must be a JSON object')
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, value === null ? value : String(value)])) as Config
}

/** @throws HttpError 400 that lists the errors, in Connect's words */
function refuse(errors: Errors): void {
  const all = [...errors.values()].flat()
  if (all.length === 0) return
  throw new HttpError(
    400,
    `Connector configuration is invalid and contains the following ${all.length} error(s):\n${all.join('\n')}\nYou can also find the above list of errors at the endpoint \`/connector-plugins/{connectorType}/config/validate\``,
  )
}

/** Keys of nobody: a slip of the pen, most likely. Parts of converters, transforms and clients have keys of their own. */
const unknownKeys = (plugin: Plugin, config: Config) =>
  Object.keys(config).filter(key => !plugin.keys.some(({ name }) => name === key) && !/^(key|value)\.converter\.|^transforms\.|^(producer|consumer|admin)\.override\./.test(key)) // biome-ignore format: one line

const infoOf = ({ name, config }: Connector) => ({
  name,
  config,
  tasks: [{ connector: name, task: 0 }],
  type: pluginOf(config['connector.class'])!.type,
})

const statusOf = ({ name, config, target, task }: Connector, { workerId }: Identity) => ({
  name,
  connector: { state: target === 'STARTED' ? 'RUNNING' : target, worker_id: workerId },
  tasks: target === 'STOPPED' ? [] : [{ id: 0, state: task.state, worker_id: workerId, ...(task.trace ? { trace: task.trace } : {}) }],
  type: pluginOf(config['connector.class'])!.type,
})
