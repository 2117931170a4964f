/** The REST interface, path by path, as Confluent documents it. */
import { HttpError, type JsonRequest, type Route } from '../json-http.ts'
import { LEVELS, type Level } from './compatibility.ts'
import { refuse } from './errors.ts'
import { type Registry, readSubmission } from './registry.ts'
import { MODES, type Mode, type Version } from './state.ts'

const flag = ({ query }: JsonRequest, name: string) => query.get(name) === 'true'
const MAX_VERSION = 2 ** 31 - 1

/** The routes of a registry. */
export function registryRoutes(registry: Registry): Route[] {
  return [...schemaRoutes(registry), ...subjectRoutes(registry), ...compatibilityRoutes(registry), ...settingRoutes(registry)]
}

function schemaRoutes({ state }: Registry): Route[] {
  const byId = (text = '') => {
    const id = Number(text)
    if (!/^\d+$/.test(text)) throw new HttpError(404, 'HTTP 404 Not Found')
    return { id, schema: state.schemaOf(id) ?? thrown(refuse.noSchema(id)) }
  }
  const uses = (request: JsonRequest) => {
    const { id } = byId(request.params['id'])
    return state.all().filter(one => one.id === id && (!one.deleted || flag(request, 'deleted')))
  }
  return [
    ['GET', '/', () => ({})],
    ['GET', '/contexts', () => ['.']],
    ['GET', '/schemas/types', () => ['AVRO']],
    ['GET', '/schemas/ids/:id', ({ params }) => ({ schema: byId(params['id']).schema })],
    ['GET', '/schemas/ids/:id/schema', ({ params }) => JSON.parse(byId(params['id']).schema)],
    ['GET', '/schemas/ids/:id/subjects', request => uses(request).map(({ subject }) => subject)],
    ['GET', '/schemas/ids/:id/versions', request => uses(request).map(({ subject, version }) => ({ subject, version }))],
    [
      'GET',
      '/schemas',
      request => {
        const prefix = request.query.get('subjectPrefix') ?? ''
        const found = state.subjects(flag(request, 'deleted')).filter(subject => subject.startsWith(prefix))
        return found.flatMap(subject => {
          const versions = state.versions(subject, flag(request, 'deleted'))
          return (flag(request, 'latestOnly') ? versions.slice(-1) : versions).map(shown)
        })
      },
    ],
  ]
}

function subjectRoutes(registry: Registry): Route[] {
  const { state } = registry
  return [
    [
      'GET',
      '/subjects',
      request => state.subjects(flag(request, 'deleted')).filter(one => one.startsWith(request.query.get('subjectPrefix') ?? '')),
    ],
    [
      'POST',
      '/subjects/:subject',
      request => {
        const subject = request.params['subject']!
        const { schema } = readSubmission(request.body)
        const versions = state.versions(subject, flag(request, 'deleted'))
        if (versions.length === 0) throw refuse.noSubject(subject)
        return shown(versions.findLast(one => one.schema === schema) ?? thrown(refuse.noSchema()))
      },
    ],
    ['DELETE', '/subjects/:subject', request => registry.deleteSubject(request.params['subject']!, flag(request, 'permanent'))],
    [
      'GET',
      '/subjects/:subject/versions',
      request => {
        const versions = state.versions(request.params['subject']!, flag(request, 'deleted'))
        if (versions.length === 0) throw refuse.noSubject(request.params['subject']!)
        return versions.map(({ version }) => version)
      },
    ],
    [
      'POST',
      '/subjects/:subject/versions',
      async ({ params, body }) => ({ id: await registry.register(params['subject']!, readSubmission(body)) }),
    ],
    ['GET', '/subjects/:subject/versions/:version', request => shown(find(registry, request, flag(request, 'deleted')))],
    ['GET', '/subjects/:subject/versions/:version/schema', request => JSON.parse(find(registry, request, flag(request, 'deleted')).schema)],
    [
      'GET',
      '/subjects/:subject/versions/:version/referencedby',
      request => {
        find(registry, request, true)
        return [] // References are refused, so nothing refers to it.
      },
    ],
    [
      'DELETE',
      '/subjects/:subject/versions/:version',
      request => {
        const permanent = flag(request, 'permanent')
        const deleted = permanent || !isLatest(request.params['version']!)
        return registry.deleteVersion(request.params['subject']!, find(registry, request, deleted), permanent)
      },
    ],
  ]
}

function compatibilityRoutes(registry: Registry): Route[] {
  const judge = (request: JsonRequest, versions: Version[]) => {
    const messages = registry.incompatible(request.params['subject']!, readSubmission(request.body).type, versions)
    return { is_compatible: messages.length === 0, ...(flag(request, 'verbose') ? { messages } : {}) }
  }
  // With nothing registered, `latest` is nothing to be incompatible with.
  const against = (request: JsonRequest) => {
    const { subject, version } = request.params
    return isLatest(version!) && registry.state.versions(subject!).length === 0 ? [] : [find(registry, request, false)]
  }
  return [
    ['POST', '/compatibility/subjects/:subject/versions/:version', request => judge(request, against(request))],
    ['POST', '/compatibility/subjects/:subject/versions', request => judge(request, registry.state.versions(request.params['subject']!))],
  ]
}

function settingRoutes(registry: Registry): Route[] {
  const { levels, modes } = registry.state
  const putLevel = async (subject: string | null, body: unknown) => {
    const asked = String((body as Record<string, unknown> | undefined)?.['compatibility'] ?? '').toUpperCase()
    const level = LEVELS.find(one => one === asked) ?? thrown(refuse.badLevel())
    await registry.setLevel(subject, level)
    return { compatibility: level }
  }
  const putMode = async (subject: string | null, body: unknown, force: boolean) => {
    const asked = String((body as Record<string, unknown> | undefined)?.['mode'] ?? '').toUpperCase()
    const mode = MODES.find(one => one === asked) ?? thrown(refuse.badMode())
    const used = subject === null ? registry.state.subjects().length > 0 : registry.state.versions(subject).length > 0
    if (mode === 'IMPORT' && used && !force) throw refuse.notPermitted('Cannot import since found existing subjects')
    await registry.setMode(subject, mode)
    return { mode }
  }
  const globalLevel = (): Level => levels.get(null) ?? 'BACKWARD'
  const globalMode = (): Mode => modes.get(null) ?? 'READWRITE'
  const own = <T>(map: Map<string | null, T>, request: JsonRequest, otherwise: () => T, missing: (subject: string) => HttpError): T => {
    const subject = request.params['subject']!
    return map.get(subject) ?? (flag(request, 'defaultToGlobal') ? otherwise() : thrown(missing(subject)))
  }
  return [
    ['GET', '/config', () => ({ compatibilityLevel: globalLevel() })],
    ['PUT', '/config', ({ body }) => putLevel(null, body)],
    [
      'DELETE',
      '/config',
      async () => {
        await registry.setLevel(null, null)
        return { compatibilityLevel: globalLevel() }
      },
    ],
    ['GET', '/config/:subject', request => ({ compatibilityLevel: own(levels, request, globalLevel, refuse.noLevel) })],
    ['PUT', '/config/:subject', ({ params, body }) => putLevel(params['subject']!, body)],
    [
      'DELETE',
      '/config/:subject',
      async ({ params }) => {
        const level = levels.get(params['subject']!) ?? thrown(refuse.noLevel(params['subject']!))
        await registry.setLevel(params['subject']!, null)
        return { compatibilityLevel: level }
      },
    ],
    ['GET', '/mode', () => ({ mode: globalMode() })],
    ['PUT', '/mode', request => putMode(null, request.body, flag(request, 'force'))],
    ['GET', '/mode/:subject', request => ({ mode: own(modes, request, globalMode, refuse.noMode) })],
    ['PUT', '/mode/:subject', request => putMode(request.params['subject']!, request.body, flag(request, 'force'))],
    [
      'DELETE',
      '/mode/:subject',
      async ({ params }) => {
        const mode = modes.get(params['subject']!) ?? thrown(refuse.noMode(params['subject']!))
        await registry.setMode(params['subject']!, null)
        return { mode }
      },
    ],
  ]
}

/** The version that the path names: a number, or `latest` (also as -1). */
function find({ state }: Registry, { params }: JsonRequest, deleted: boolean): Version {
  const { subject = '', version: text = '' } = params
  const latest = isLatest(text)
  const number = Number(text)
  if (!latest && !(/^\d+$/.test(text) && number >= 1 && number <= MAX_VERSION)) throw refuse.badVersion(text)
  const all = state.versions(subject, deleted)
  if (all.length === 0) throw refuse.noSubject(subject)
  const found = latest ? all.at(-1) : all.find(({ version }) => version === number)
  return found ?? thrown(refuse.noVersion(text))
}

const isLatest = (version: string) => version === 'latest' || version === '-1'

const shown = ({ subject, id, version, schema }: Version) => ({ subject, version, id, schema })

function thrown(error: HttpError): never {
  throw error
}
