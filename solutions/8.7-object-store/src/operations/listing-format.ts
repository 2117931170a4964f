import { S3Error } from '../http/errors.ts'
import { param, type S3Request } from '../http/request.ts'
import { uriEncodePath } from '../http/uri.ts'
import type { XmlNode } from '../http/xml-writer.ts'
import { LIMITS } from '../limits.ts'

/** `max-keys` and its like: 0 to 1,000, which is also the default. More is cut to 1,000. Throws `InvalidArgument`. */
export function count(request: S3Request, name: string): number {
  const text = param(request, name)
  if (text === undefined || text === '') return LIMITS.listPage
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2 ** 31 - 1)
    throw new S3Error('InvalidArgument', `Provided ${name} not an integer or within integer range`)
  return Math.min(Number(text), LIMITS.listPage)
}

/** How keys are written: as they are, or percent-encoded with `encoding-type=url`. Throws `InvalidArgument` for other types. */
export function encoder(request: S3Request): (text: string) => string {
  const type = param(request, 'encoding-type')
  if (type === undefined || type === '') return text => text
  if (type.toLowerCase() !== 'url') throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request')
  return uriEncodePath
}

/** The StorageClass element of an object or upload. */
export function storageClassNode(headers: Readonly<Record<string, string>>): XmlNode {
  return ['StorageClass', headers['x-amz-storage-class'] ?? 'STANDARD']
}
