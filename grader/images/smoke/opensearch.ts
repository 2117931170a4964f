import { docker } from '../../engines/docker/client.ts'
import { must, type Trial } from './trial.ts'

interface Found {
  hits: { total: { value: number }; hits: { _source: { celsius: number } }[] }
  aggregations: { mean: { value: number } }
}

/** Documents under their own ids: written twice they are there once, found by text, summed up, and still there after kill -9. */
export async function opensearch(trial: Trial): Promise<string> {
  await trial.start({ ports: [9200], memory: '1g', env: { 'discovery.type': 'single-node', DISABLE_SECURITY_PLUGIN: 'true' } })
  const call = async <T>(path: string, method = 'GET', body?: string): Promise<T> => {
    const response = await fetch(`http://127.0.0.1:${await trial.port(9200)}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': path.includes('_bulk') ? 'application/x-ndjson' : 'application/json' }, body }),
    })
    const text = await response.text()
    must(response.ok, `${method} ${path} is taken; it answered ${response.status} ${text.slice(0, 300)}`)
    return JSON.parse(text) as T
  }
  await trial.until('it answers', async () => (await call<{ version: { number: string } }>('/')).version.number === '3.6.0', 600_000)
  const properties = { vehicle: { type: 'keyword' }, celsius: { type: 'double' }, note: { type: 'text' } }
  await call('/readings', 'PUT', JSON.stringify({ settings: { number_of_replicas: 0 }, mappings: { properties } }))
  const lines = Array.from({ length: 100 }, (_, i) => [
    JSON.stringify({ index: { _id: `${i % 50}` } }),
    JSON.stringify({ vehicle: 'T-17', celsius: i, note: i % 2 ? 'the door was open' : 'all shut' }),
  ])
  const bulk = await call<{ errors: boolean }>('/readings/_bulk?refresh=true', 'POST', `${lines.flat().join('\n')}\n`)
  must(!bulk.errors, 'a bulk of 100 is taken')
  const search = () =>
    call<Found>(
      '/readings/_search',
      'POST',
      JSON.stringify({ query: { match: { note: 'door' } }, aggs: { mean: { avg: { field: 'celsius' } } } }),
    )
  const right = ({ hits, aggregations }: Found) => hits.total.value === 25 && aggregations.mean.value === 75
  must(right(await search()), 'what was written twice is there once, with the later value; text is found, a mean is right')
  await call('/readings/_update/1?refresh=true', 'POST', JSON.stringify({ script: { source: 'ctx._source.celsius += 25' } }))
  must((await search()).aggregations.mean.value === 76, 'a script updates a document')
  await trial.restart()
  await trial.until('acknowledged documents are there after kill -9', async () => (await search()).aggregations.mean.value === 76, 600_000)
  must((await trial.exec(['curl', '-fs', 'http://localhost:9200/_cluster/health'])).code === 0, 'curl is there for healthchecks')
  must((await docker(['exec', trial.container, 'cat', '/proc/1/status'])).includes('Uid:\t1000'), 'the server is not root')
  return 'wrote twice what is there once, found by text, summed up, scripted, kept over kill -9'
}
