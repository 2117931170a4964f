import { readFileSync } from 'node:fs'
import { must, type Trial } from './trial.ts'

const SERVER = readFileSync(new URL('python-trial.py', import.meta.url), 'utf8')

/** Python: a web server with a client, SQLite, TLS with certificates, pip and a shell, as a user who is not root. */
async function python(trial: Trial): Promise<string> {
  const said = (await trial.run(['python', '-c', SERVER], ['--network', 'none', '--user', '1000'])).split('\n')
  must(said.join(' ') === '/truck 42 True', `a web server, SQLite and certificates work; it said: ${said.join(' ')}`)
  const version = await trial.run(['python', '--version'])
  must((await trial.run(['pip', '--version'])).startsWith('pip '), 'pip is there')
  must((await trial.run(['sh', '-c', 'cd /tmp && ls / | grep -c usr'])) === '1', 'a shell is there')
  return `${version} served, queried and verified`
}

const PROGRAM = `
import { createServer } from 'node:http'
import { createHash } from 'node:crypto'
interface Truck { id: number }
const server = createServer((_, response) => response.end(JSON.stringify({ id: 7 } satisfies Truck)))
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address() as { port: number }
  const truck = (await (await fetch('http://127.0.0.1:' + port)).json()) as Truck
  console.log(truck.id, createHash('sha256').update('x').digest('hex').slice(0, 8), process.version.split('.')[0])
  server.close()
})
`

/** Node: a TypeScript file that serves and fetches, npm, options as the command, as the user `node`. */
async function node(trial: Trial): Promise<string> {
  const said = await trial.run(['--input-type=module-typescript', '-'], ['--network', 'none', '--user', 'node'], PROGRAM)
  must(said === '7 2d711642 v24', `TypeScript served and fetched; it said: ${said}`)
  must(/^\d+\.\d+/.test(await trial.run(['npm', '--version'])), 'npm is there')
  must((await trial.run(['-p', '1 + 1'])) === '2', 'options go to node')
  return `Node ${await trial.run(['--version'])} ran TypeScript, served and fetched`
}

export const languages = { python, node }
