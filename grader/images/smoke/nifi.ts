import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { docker } from '../../engines/docker/client.ts'
import { askJson } from '../../services/json-client.ts'
import { must, type Trial } from './trial.ts'

interface Component {
  id: string
  component: { id: string; parentGroupId: string }
}

/** A flow made over its REST interface: what comes in by HTTP leaves by HTTP, with an attribute added on the way. */
export async function nifi(trial: Trial): Promise<string> {
  const received: { body: string; truck: string | undefined }[] = []
  const sink = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      received.push({ body: Buffer.concat(chunks).toString(), truck: request.headers['truck'] as string | undefined })
      response.end('ok')
    })
  })
  await new Promise<void>(listening => sink.listen(0, listening))
  trial.onEnd(async () => sink.close())
  const back = `http://host.docker.internal:${(sink.address() as AddressInfo).port}/readings`
  await trial.start({ ports: [8080, 9000], memory: '1g', args: ['--add-host', 'host.docker.internal:host-gateway'] })
  const api = `http://127.0.0.1:${await trial.port(8080)}/nifi-api`
  await trial.until('its interface answers', async () => (await askJson(api, '/flow/about')).status === 200, 600_000)

  const call = async <T>(path: string, method = 'GET', body?: unknown): Promise<T> => {
    const answer = await askJson<T>(api, path, method, body)
    must(answer.status < 300, `${method} ${path} is taken; it answered ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const { processorTypes } = await call<{ processorTypes: { type: string; bundle: unknown }[] }>('/flow/processor-types')
  const make = (name: string, properties: Record<string, string>, autoTerminatedRelationships: string[] = []) => {
    const found = processorTypes.find(({ type }) => type.endsWith(`.${name}`))
    must(found !== undefined, `there is a processor ${name}`)
    const component = { ...found, name, config: { properties, autoTerminatedRelationships } }
    return call<Component>('/process-groups/root/processors', 'POST', { revision: { version: 0 }, component })
  }
  const listen = await make('ListenHTTP', { 'Listening Port': '9000', 'Base Path': 'readings' })
  const mark = await make('UpdateAttribute', { truck: 'T-17' })
  const send = await make('InvokeHTTP', { 'HTTP Method': 'POST', 'HTTP URL': back, 'Request Header Attributes Pattern': 'truck' }, ['Original', 'Response', 'Retry', 'No Retry', 'Failure']) // biome-ignore format: one thought
  const group = listen.component.parentGroupId
  const end = ({ id }: Component) => ({ id, groupId: group, type: 'PROCESSOR' })
  for (const [source, destination] of [
    [listen, mark],
    [mark, send],
  ] as const)
    await call('/process-groups/root/connections', 'POST', {
      revision: { version: 0 },
      component: { source: end(source), destination: end(destination), selectedRelationships: ['success'] },
    })
  await call(`/flow/process-groups/${group}`, 'PUT', { id: group, state: 'RUNNING' })
  const into = `http://127.0.0.1:${await trial.port(9000)}/readings`
  await trial.until('the flow takes a reading', async () => (await fetch(into, { method: 'POST', body: '{"celsius":4.5}' })).ok, 120_000)
  await trial.until(
    'it comes out at the other end',
    async () => received.some(({ body, truck }) => body === '{"celsius":4.5}' && truck === 'T-17'),
    60_000,
  )
  must((await docker(['exec', trial.container, 'cat', '/proc/1/status'])).includes('Uid:\t1000'), 'it is not root')
  return `a flow made over REST: HTTP in, ${processorTypes.length} processors to choose from, HTTP out`
}
