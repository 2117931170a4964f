/** The learner's three services as experiments use them. */
import type { ComposeProject } from '../../../engines/docker/project.ts'
import { eventually } from '../../../kpi/eventually.ts'

/** Role and database of the contract. */
export const DB = { user: 'fjordline', database: 'fleet' }
export const SERVICES = ['web', 'db', 'cache'] as const
export type Service = (typeof SERVICES)[number]

/** Milliseconds until a service that was started answers, also on a busy machine. */
const ANSWERS_WITHIN = 30_000

/** `psql` in the container over TCP: while the image prepares a new database, only its socket is open. */
export const psql = (sql: string): string[] => ['psql', '-h', '127.0.0.1', '-U', DB.user, '-d', DB.database, '-tAc', sql]

const QUESTIONS: Record<Service, { words: string[]; said: RegExp }> = {
  web: { words: ['curl', '-sS', '-o', '/dev/null', '-w', '%{http_code}', 'http://127.0.0.1/'], said: /^\d{3}/ },
  db: { words: psql('SELECT 1'), said: /^1/ },
  cache: { words: ['redis-cli', 'PING'], said: /^PONG/ },
}

/** Waits until a service answers its own protocol, asked from inside of its container. */
export async function answers(project: ComposeProject, service: Service): Promise<void> {
  const { words, said } = QUESTIONS[service]
  await eventually(
    `${service} answers in its container`,
    async () => {
      const { code, stdout, stderr } = await project.exec(service, words)
      if (code === 0 && said.test(stdout)) return true
      throw new Error((stderr || stdout).trim().split('\n').at(-1))
    },
    { within: ANSWERS_WITHIN, every: 100 },
  )
}
