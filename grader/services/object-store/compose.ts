/** The object store of a learner's compose project: MinIO, or any with its root user in the same variables. */
import type { ComposeProject } from '../../engines/docker/project.ts'
import { composeHost, publishedPort, settingOf } from '../compose-host.ts'
import type { ComposeServed } from '../compose-services.ts'
import { answersS3 } from './embedded.ts'
import type { StoreUser, StoreUsers } from './fixture.ts'

const PORT = 9000

/** @throws LearnerFault when 9000 is not published */
export async function objectStoreOf(project: ComposeProject, names: readonly string[]): Promise<ComposeServed & { users: StoreUsers }> {
  const name = names[0]!
  const setting = async (...candidates: string[]) => {
    for (const candidate of candidates) {
      const value = await settingOf(project, name, candidate)
      if (value) return value
    }
    return ''
  }
  const port = publishedPort(project, name, PORT)
  const root = {
    user: (await setting('MINIO_ROOT_USER', 'ROOT_ACCESS_KEY')) || 'minioadmin',
    password: (await setting('MINIO_ROOT_PASSWORD', 'ROOT_SECRET_KEY')) || 'minioadmin',
  }
  const host = composeHost({
    project,
    names,
    port: { outside: PORT, inside: PORT },
    answering: `${name} answers as an S3 store`,
    answers: () => answersS3(port),
  })
  const endpoint = {
    service: 'object-store',
    host: '127.0.0.1',
    port,
    ...root,
    version: 'Object store of the compose file',
    pid: 0,
  } as const
  return { endpoint, host, users: minioUsers(project, name, root) }
}

/** Confined users by `mc` where the image has it, as MinIO's does; elsewhere the store's own user, who reaches every bucket. */
function minioUsers(project: ComposeProject, service: string, root: { user: string; password: string }): StoreUsers {
  const run = (commands: string, user: StoreUser) => {
    const policy = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: ['s3:*'], Resource: [`arn:aws:s3:::${user.bucketPrefix}*`] },
        { Effect: 'Allow', Action: ['s3:ListAllMyBuckets'], Resource: ['arn:aws:s3:::*'] },
      ],
    }
    const env = { MC_HOST_own: `http://${encodeURIComponent(root.user)}:${encodeURIComponent(root.password)}@127.0.0.1:${PORT}`, MC_CONFIG_DIR: '/tmp/.mc' } // biome-ignore format: one line
    const assign = Object.entries(env).map(([name, value]) => `${name}='${value}'`).join(' ') // biome-ignore format: one line
    return project.exec(service, ['sh', '-c', `export ${assign}; ${commands}`], { input: JSON.stringify(policy) })
  }
  let confined = false
  return {
    async add(user) {
      const { accessKey, secretKey } = user
      const { code } = await run(
        `mc admin user add own ${accessKey} ${secretKey} && cat >/tmp/${accessKey}.json && mc admin policy create own ${accessKey} /tmp/${accessKey}.json && mc admin policy attach own ${accessKey} --user ${accessKey}`,
        user,
      )
      confined = code === 0
      return confined ? { accessKey, secretKey } : { accessKey: root.user, secretKey: root.password }
    },
    async remove(user) {
      if (confined) await run(`mc admin user remove own ${user.accessKey}; mc admin policy remove own ${user.accessKey}`, user)
    },
  }
}
