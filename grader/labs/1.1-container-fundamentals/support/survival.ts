/** What is put into a container, what is done to the container, and whether it is still there. */

import type { Question, Recorder } from '../../../experiments/predictions/types.ts'
import type { Type } from '../../../experiments/predictions/typing.ts'
import { type Bench, fresh, onRecord } from './bench.ts'
import { answers, psql, type Service } from './stack.ts'

interface Item {
  service: Service
  /** "A file was written into the file system of web." */
  put: string
  is: string
  store(type: Type, token: string): Promise<unknown>
  holds(type: Type, token: string, bench: Bench, record: Recorder): Promise<boolean>
}

const path = (token: string): string => `/usr/share/nginx/html/${token}.txt`

/** A number by which a process is told from those of other questions. */
const seconds = (token: string): string => String(90_000 + [...token].reduce((sum, char) => sum + char.charCodeAt(0), 0))

const ITEMS: Record<string, Item> = {
  file: {
    service: 'web',
    put: '`docker compose exec web` writes a file into the container of web.',
    is: 'the file there',
    store: (type, token) => type('exec', '-T', 'web', 'sh', '-c', `echo noted > ${path(token)}`),
    holds: async (type, token) => (await type('exec', '-T', 'web', 'cat', path(token))).code === 0,
  },
  row: {
    service: 'db',
    put: 'A row is inserted into db and committed. (The image of PostgreSQL declares a volume for its data; your compose file declares none.)',
    is: 'the row there',
    store: (type, token) =>
      type('exec', '-T', 'db', ...psql(`CREATE TABLE IF NOT EXISTS notes (note text); INSERT INTO notes VALUES ('${token}')`)),
    holds: async (type, token) =>
      Number((await type('exec', '-T', 'db', ...psql(`SELECT count(*) FROM notes WHERE note = '${token}'`))).stdout) > 0,
  },
  key: {
    service: 'cache',
    put: 'A key is SET in cache. (Redis saves to /data when it is asked to end, and otherwise only after a while; the image declares a volume for /data.)',
    is: 'the key there',
    store: (type, token) => type('exec', '-T', 'cache', 'redis-cli', 'SET', token, 'noted'),
    holds: async (type, token) => (await type('exec', '-T', 'cache', 'redis-cli', 'EXISTS', token)).stdout.trim() === '1',
  },
  process: {
    service: 'web',
    put: '`docker compose exec -d web sleep …` starts a process in the container of web, beside nginx.',
    is: 'that process still running',
    store: (type, token) => type('exec', '-d', 'web', 'sleep', seconds(token)),
    holds: async (_type, token, bench, record) => {
      const { stdout } = await bench.quiet('top', 'web')
      // Users and numbers of processes are this machine's; workers are as many as it has processors.
      const [header = '', ...rows] = stdout.split('\n').slice(1)
      const commands = [...new Set(rows.map(row => row.slice(header.indexOf('CMD')).trim()))].filter(Boolean)
      record.ran('docker compose top web', ['CMD', ...commands].join('\n'))
      return commands.includes(`sleep ${seconds(token)}`)
    },
  },
}

const OPERATIONS: Record<string, (service: string) => string[][]> = {
  restart: service => [['restart', service]],
  'stop-start': service => [
    ['stop', service],
    ['start', service],
  ],
  'kill-start': service => [
    ['kill', service],
    ['start', service],
  ],
  pause: service => [
    ['pause', service],
    ['unpause', service],
  ],
  'rm-up': service => [
    ['rm', '--stop', '--force', service],
    ['up', '-d', service],
  ],
  recreate: service => [['up', '-d', '--force-recreate', service]],
  renew: service => [['up', '-d', '--force-recreate', '--renew-anon-volumes', service]],
  'down-up': service => [['down'], ['up', '-d', service]],
}

/** The question whether an item outlives an operation, with its experiment. */
export function survives(item: keyof typeof ITEMS, operation: keyof typeof OPERATIONS): Question<Bench> {
  const { service, put, is, store, holds } = ITEMS[item]!
  const commands = OPERATIONS[operation]!(service)
  const id = `${item}-after-${operation}`
  return {
    id,
    ask: `${put} Then: ${commands.map(words => `\`docker compose ${words.join(' ')}\``).join(', ')}. Is ${is}?`,
    async experiment(bench, record) {
      await fresh(bench, [service])
      const type = onRecord(bench, record)
      await store(type, id)
      for (const words of commands) await type(...words)
      await answers(bench.project, service)
      return holds(type, id, bench, record)
    },
  }
}
