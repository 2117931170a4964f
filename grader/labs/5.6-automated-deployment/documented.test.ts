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
  const volumes = Object.fromEntries(
    Object.entries(services).map(([name, { volumes = [] }]) => [
      name,
      volumes.filter(({ type }) => type === 'volume').map(({ source = 'no name' }) => source).sort().join(', ') || '-', // biome-ignore format: one line
    ]),
  )
  const said = Object.fromEntries(rows.map(({ cells }) => [cells.service.replaceAll('`', ''), cells.data.replaceAll('`', '')]))
  expect(said, 'the volumes under "data" (- for none)').toEqual(volumes)
})
