import { authenticatePolicy } from '../auth/post-policy.ts'
import type { Users } from '../auth/users.ts'
import { S3Error } from '../http/errors.ts'
import { readForm } from '../http/form-body.ts'
import type { ParsedRequest, S3Request } from '../http/request.ts'
import { type S3Response, xmlResponse } from '../http/response.ts'
import { uriEncode, uriEncodePath } from '../http/uri.ts'
import { LIMITS } from '../limits.ts'
import { putObject } from './put-object.ts'
import type { Store } from './store.ts'
import { parseTagging } from './tags.ts'

/** Fields that become headers of the upload. Others, as the canned ACL, say nothing that this store keeps. */
const HEADER =
  /^(content-type|content-md5|cache-control|content-disposition|content-encoding|content-language|expires|x-amz-(meta-|storage-class$|website-redirect-location$|checksum-|server-side-encryption|object-lock-|grant-).*)/

/**
 * A form that a browser posts to a bucket, read up to its file and verified by its policy, as the request that it stands for.
 * `request` is what is known of it without the body. Throws an `S3Error` for a form without key, file or valid policy.
 */
export async function formRequest(
  request: Omit<S3Request, 'auth' | 'payload'> & ParsedRequest,
  boundary: string,
  incoming: AsyncIterable<Buffer>,
  security: { readonly users: Users; readonly region: string | undefined },
): Promise<S3Request> {
  const { fields, file } = await readForm(incoming, boundary, lengthOf(request))
  const key = fields.get('key')?.replaceAll(/\$\{filename\}/g, () => file.name)
  if (!key) throw new S3Error('InvalidArgument', "Bucket POST must contain a field named 'key'.")
  if (Buffer.byteLength(key) > LIMITS.keyBytes) throw new S3Error('KeyTooLongError')
  const judged = new Map([...fields, ['bucket', request.bucket ?? ''], ['key', key]])
  const { auth, range } = authenticatePolicy(judged, security.users, security.region, request.now)
  file.range = range
  const headers = new Map<string, string>()
  // Where headers come from the wire, they are Latin-1 of its bytes.
  for (const [name, value] of fields) if (HEADER.test(name)) headers.set(name, Buffer.from(value).toString('latin1'))
  const tagging = fields.get('tagging')
  if (tagging) {
    const tags = Object.entries(parseTagging(tagging, LIMITS.objectTags))
    headers.set('x-amz-tagging', tags.map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`).join('&'))
  }
  return { ...request, key, headers, auth, payload: file, form: fields }
}

/** PostObject: the upload of a form. Answers as the form asks: 204, 200, 201 with a document, or a redirection. */
export async function postObject(store: Store, request: S3Request): Promise<S3Response> {
  const { form, bucket, key } = request
  if (!form) throw new S3Error('MethodNotAllowed')
  const { headers = {} } = await putObject(store, request)
  const location = `/${bucket}${uriEncodePath(`/${key}`)}`
  const etag = headers['etag'] ?? ''
  const redirect = redirectTo(form.get('success_action_redirect') ?? form.get('redirect'))
  if (redirect) {
    for (const [name, value] of Object.entries({ bucket: bucket!, key: key!, etag })) redirect.searchParams.append(name, value)
    return { status: 303, headers: { ...headers, location: redirect.href } }
  }
  if (form.get('success_action_status') === '201') {
    const document = xmlResponse(['PostResponse', [['Location', location], ['Bucket', bucket!], ['Key', key!], ['ETag', etag]]]) // biome-ignore format: one line
    return { ...document, status: 201, headers: { ...headers, ...document.headers, location } }
  }
  return { status: form.get('success_action_status') === '200' ? 200 : 204, headers: { ...headers, location } }
}

function redirectTo(text: string | undefined): URL | undefined {
  return text && /^https?:/i.test(text) && URL.canParse(text) ? new URL(text) : undefined
}

function lengthOf({ headers }: ParsedRequest): number | undefined {
  const text = headers.get('content-length')
  return text && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
