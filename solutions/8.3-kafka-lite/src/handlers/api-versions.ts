import type { Handler } from '../context.ts'
import { ERRORS } from '../protocol/errors.ts'
import type { ApiVersions } from '../protocol/messages/cluster.ts'
import { MESSAGES } from '../protocol/messages/index.ts'

type Request = ReturnType<(typeof ApiVersions)['request']['read']>
type Input = Parameters<(typeof ApiVersions)['response']['write']>[1]

/** The table of what is understood. */
export function announcedVersions() {
  return [...MESSAGES.values()].map(api => ({ apiKey: api.key, minVersion: api.announcedMin, maxVersion: api.max }))
}

/** Announces the table; a client that does not give a proper name for its software is refused, as Kafka does (KIP-511). */
export const apiVersions: Handler<Request, Input> = (_, request, { version }) => {
  const proper = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/
  if (version >= 3 && !(proper.test(request.clientSoftwareName) && proper.test(request.clientSoftwareVersion))) {
    return { errorCode: ERRORS.INVALID_REQUEST, apiKeys: [] }
  }
  return { apiKeys: announcedVersions() }
}
