import type { Users } from '../auth/users.ts'
import { S3Error } from '../http/errors.ts'
import type { S3Request } from '../http/request.ts'
import type { S3Response } from '../http/response.ts'

const PATH = /^\/-\/users\/([^/]+)$/

/**
 * Users come and go with the runs of a grader that keeps its store warm:
 *
 *     PUT    /-/users/<access key>    {"secretKey": "…", "bucketPrefix": "run-17-"}
 *     DELETE /-/users/<access key>
 *
 * signed by the root user like any other request. `-` is too short for a bucket name, so nothing is shadowed.
 * Returns undefined for requests that are not about users.
 */
export async function manageUsers(users: Users, request: S3Request): Promise<S3Response | undefined> {
  if (!request.path.startsWith('/-/')) return undefined
  const accessKey = PATH.exec(request.path)?.[1]
  if (accessKey === undefined) throw new S3Error('MethodNotAllowed')
  if (!request.auth.user.root) throw new S3Error('AccessDenied')
  if (request.method === 'DELETE') return { status: users.remove(accessKey) ? 204 : 404 }
  if (request.method !== 'PUT') throw new S3Error('MethodNotAllowed')
  const { secretKey, bucketPrefix } = parseUser(await request.payload.text())
  try {
    users.add({ accessKey, secretKey, bucketPrefix, root: false })
  } catch (error) {
    throw new S3Error('InvalidArgument', (error as Error).message)
  }
  return { status: 204 }
}

function parseUser(text: string): { secretKey: string; bucketPrefix: string } {
  try {
    const { secretKey, bucketPrefix } = JSON.parse(text) as Record<string, unknown>
    if (typeof secretKey === 'string' && typeof bucketPrefix === 'string' && bucketPrefix !== '') return { secretKey, bucketPrefix }
  } catch {
    // answered below
  }
  throw new S3Error('InvalidArgument', 'The body must be JSON: {"secretKey": "…", "bucketPrefix": "…"}')
}
