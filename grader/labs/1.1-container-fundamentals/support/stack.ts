/** The learner's three services as experiments use them. */
import type { Type } from '../../../experiments/predictions/typing.ts'
import { eventually } from '../../../kpi/eventually.ts'

/** Roles and database of the contract. */
export const DB = { user: 'fjordline', database: 'fleet' }
export const SERVICES = ['web', 'db', 'cache'] as const
export type Service = (typeof SERVICES)[number]

/** Milliseconds until a service that was started answers, also on a busy machine. */
const ANSWERS_WITHIN = 30_000

/** `psql` in the container over TCP: while the image prepares a new database, only its socket is open. */
export const psql = (sql: string): string[] => [
  'exec',
  '-T',
  'db',
  'psql',
  '-h',
  '127.0.0.1',
  '-U',
  DB.user,
  '-d',
  DB.database,
  '-tAc',
  sql,
]

const QUESTIONS: Record<Service, { words: string[]; said: RegExp }> = {
  web: { words: ['exec', '-T', 'web', 'curl', '-sS', '-o', '/dev/null', '-w', '%{http_code}', 'http://127.0.0.1/'], said: /^\d{3}/ },
  db: { words: psql('SELECT 1'), said: /^1/ },
  cache: { words: ['exec', '-T', 'cache', 'redis-cli', 'PING'], said: /^PONG/ },
}

/** Waits until a service answers its own protocol, asked from inside of its container. */
export async function answers(type: Type, service: Service): Promise<void> {
  const { words, said } = QUESTIONS[service]
  await eventually(
    `${service} answers in its container`,
    async () => {
      const { code, stdout } = await type(...words)
      return code === 0 && said.test(stdout)
    },
    { within: ANSWERS_WITHIN, every: 100 },
  )
}
