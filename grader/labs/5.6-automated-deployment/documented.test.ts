import { parseMarkdown } from '../../experiments/documents/document.ts'
import { readTable } from '../../experiments/documents/table.ts'
import { did, expect, kpi } from '../../kpi/index.ts'

kpi('documented', async ({ compose, learner }) => {
  const page = parseMarkdown('DEPLOY.md', await learner.read('DEPLOY.md'))
  const { services = {} } = (await compose.open()).config
  const columns = [{ name: 'service', unique: true }, { name: 'purpose' }, { name: 'data' }] as const
  const rows = readTable(page, columns, { under: 'Services' })
  did('I held the table under "Services" in DEPLOY.md against the resolved compose file.')
  const written = rows.map(({ cells }) => cells.service.replaceAll('`', ''))
  expect(written.toSorted(), 'services in the table').toEqual(Object.keys(services).toSorted())
  const volumesOf = (name: string): string =>
    (services[name]?.volumes ?? []).filter(({ type }) => type === 'volume').map(({ source = 'no name' }) => source).sort().join(', ') || '-' // biome-ignore format: one line
  const wrong = rows
    .map(({ cells }) => ({ name: cells.service.replaceAll('`', ''), said: cells.data.replaceAll('`', '') }))
    .filter(({ name, said }) => said !== volumesOf(name))
    .map(({ name, said }) => `${name}: the page says ${said}, the file ${volumesOf(name)}`)
  expect(wrong, 'rows whose "data" is not what the service has (- for none)').toEqual([])
})
