import { plainXmlDocument, type XmlNode, xmlDocument } from './xml-writer.ts'

/** An answer. A body that is not a string is a stream of known length; `release` is called when it is over. */
export interface S3Response {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | number | undefined>>
  readonly body?: string | { readonly length: number; readonly stream: AsyncIterable<Buffer>; readonly release?: () => void }
}

/** 200 with an XML document. */
export function xmlResponse(root: XmlNode, headers: Readonly<Record<string, string | undefined>> = {}): S3Response {
  return { status: 200, headers: { ...headers, 'content-type': 'application/xml' }, body: xmlDocument(root) }
}

/** S3's error document. */
export function errorDocument(error: { code: string; message: string }, resource: string, requestId: string): string {
  return plainXmlDocument([
    'Error',
    [
      ['Code', error.code],
      ['Message', error.message],
      ['Resource', resource],
      ['RequestId', requestId],
      ['HostId', 'millrace'],
    ],
  ])
}

/** A time as S3 writes it into XML. */
export function isoTime(time: number): string {
  return new Date(time).toISOString()
}

/** A time as HTTP writes it. */
export function httpTime(time: number): string {
  return new Date(time).toUTCString()
}

/** An ETag as it stands in headers and XML. */
export function quoted(etag: string): string {
  return `"${etag}"`
}
