import { Redis } from 'ioredis'
import { docker } from '../../engines/docker/client.ts'
import { must, type Trial } from './trial.ts'

/** Valkey and Redis: keys, a script, an append-only file that survives kill -9, a password by option, the command line tool. */
export const keyValue =
  (name: 'valkey' | 'redis') =>
  async (trial: Trial): Promise<string> => {
    await trial.start({
      ports: [6379],
      command: [`${name}-server`, '--appendonly', 'yes', '--appendfsync', 'always', '--requirepass', 'secret'],
    })
    const using = async <T>(work: (client: Redis) => Promise<T>, password = 'secret'): Promise<T> => {
      const client = new Redis({ host: '127.0.0.1', port: await trial.port(6379), password, lazyConnect: true, retryStrategy: () => null })
      client.on('error', () => {})
      try {
        await client.connect()
        return await work(client)
      } finally {
        client.disconnect()
      }
    }
    await trial.until(`${name} answers`, async () => (await using(client => client.ping())) === 'PONG')
    must(
      await using(client => client.ping(), 'wrong').then(
        () => false,
        () => true,
      ),
      'a wrong password is refused',
    )
    await using(client => client.set('truck', 'T-17'))
    must((await using(client => client.eval("return redis.call('GET', KEYS[1])", 1, 'truck'))) === 'T-17', 'a Lua script reads a key')
    await trial.restart()
    await trial.until('it is back after kill -9', async () => (await using(client => client.get('truck'))) === 'T-17')
    must(
      (await trial.exec([`${name}-cli`, '-a', 'secret', '--no-auth-warning', 'ping'])).stdout.trim() === 'PONG',
      'its command line is there for healthchecks',
    )
    must((await docker(['exec', trial.container, 'cat', '/proc/1/status'])).includes('Uid:\t999'), 'the server is not root')
    // Without a password it must be reachable from other containers too: no protected mode.
    await trial.start({ ports: [6379] })
    await trial.until('it answers without a password', async () => (await using(client => client.ping(), '')) === 'PONG')
    return 'kept a key over kill -9, ran a script, guarded its password'
  }
