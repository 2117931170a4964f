import { S3Error } from './errors.ts'

/**
 * Percent-encoding as SigV4 wants it: everything but A–Z a–z 0–9 - _ . ~ as %XX of the UTF-8 bytes.
 * (AWS Signature Version 4, "Create a canonical request", UriEncode.)
 */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** As `uriEncode`, leaving slashes: for object keys in paths. */
export function uriEncodePath(path: string): string {
  return uriEncode(path).replaceAll('%2F', '/')
}

/** Decodes a path or a path's part. Throws `InvalidURI` where it is not percent-encoded UTF-8. */
export function uriDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new S3Error('InvalidURI')
  }
}

/** Query parameters in order, names and values decoded. */
export type Query = readonly (readonly [name: string, value: string])[]

/** Parses a query string (without `?`). A plus sign is a space, as in HTML forms. */
export function parseQuery(text: string): Query {
  if (text === '') return []
  return text
    .split('&')
    .filter(pair => pair !== '')
    .map(pair => {
      const equals = pair.indexOf('=')
      const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
      return [uriDecode(name.replaceAll('+', ' ')), uriDecode(value.replaceAll('+', ' '))] as const
    })
}
