import { must, type Trial } from './trial.ts'

/** Put between a client and its own API: latency slows it, taken away it is fast again; a disabled proxy refuses. */
export async function toxiproxy(trial: Trial): Promise<string> {
  await trial.start({ ports: [8474, 9000] })
  const api = `http://127.0.0.1:${await trial.port(8474)}`
  const through = `http://127.0.0.1:${await trial.port(9000)}`
  const post = (path: string, body: unknown, method = 'POST') => fetch(`${api}${path}`, { method, body: JSON.stringify(body) })
  await trial.until('its API answers', async () => (await fetch(`${api}/version`)).ok)
  must((await post('/proxies', { name: 'self', listen: '0.0.0.0:9000', upstream: '127.0.0.1:8474' })).ok, 'a proxy is made')
  const timed = async () => {
    const began = performance.now()
    await (await fetch(`${through}/version`, { headers: { connection: 'close' } })).text()
    return performance.now() - began
  }
  await trial.until('the proxy lets through', async () => (await timed()) > 0)
  must((await post('/proxies/self/toxics', { name: 'slow', type: 'latency', attributes: { latency: 700 } })).ok, 'a toxic is added')
  must((await timed()) >= 700, 'latency of 700 ms is felt')
  must((await fetch(`${api}/proxies/self/toxics/slow`, { method: 'DELETE' })).ok, 'the toxic is taken away')
  must((await timed()) < 700, 'without it the connection is faster')
  await post('/proxies/self', { enabled: false })
  must(
    await timed().then(
      () => false,
      () => true,
    ),
    'a disabled proxy refuses',
  )
  return 'slowed a connection by 700 ms, healed it, cut it'
}
