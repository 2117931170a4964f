import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { did, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { type BigFile, bigFile } from './support/big.ts'
import { clear, primaryKey, rowCount, tableNames } from './support/database.ts'
import { backendsGone, moments } from './support/kill-moments.ts'
import { load, startLoader } from './support/load.ts'
import { contentOf, referenceCopy } from './support/reference-copy.ts'

const ROWS = 80_000

/** Tomorrow's file: every third row has another value, some rows are new. */
function nextDay(file: BigFile, dir: string): BigFile {
  const [header, ...lines] = readFileSync(file.path, 'utf8').trimEnd().split('\n') as [string, ...string[]]
  const changed = lines.map((line, i) => (i % 3 === 0 ? line.replace('V-', 'W-') : line))
  const last = Number(lines.at(-1)!.split(file.delimiter)[0])
  const fresh = lines.slice(0, 5000).map((line, i) => `${last + 1 + i}${line.slice(line.indexOf(file.delimiter))}`)
  const path = join(dir, `${file.table}.csv`)
  const text = `${[header, ...changed, ...fresh].join('\n')}\n`
  writeFileSync(path, text)
  return { ...file, dir, path, rows: lines.length + fresh.length, bytes: text.length }
}

kpi('crash', async ({ learner, postgres, random, scratch, timeline }) => {
  const { admin } = postgres
  const monday = bigFile(random, `${scratch}/monday`, ROWS, { wide: 60 })
  bigFile(random.fork('tuesday'), `${scratch}/tuesday`, 1) // its small files
  const tuesday = nextDay(monday, `${scratch}/tuesday`)
  let before = 'nothing'
  let effective = 0

  for (const [day, file] of [
    ['Monday', monday],
    ['Tuesday', tuesday],
  ] as const) {
    await clear(admin, 'reference')
    await referenceCopy(postgres.url, file)
    const keyed = (content: string, key: string[]) => `${content}, key ${key.join(', ') || 'missing'}`
    const whole = keyed(await contentOf(admin, 'reference', file), [file.columns[0]!.name])
    const state = async () =>
      (await tableNames(admin)).includes(file.table)
        ? keyed(await contentOf(admin, 'public', file), await primaryKey(admin, file.table))
        : 'nothing'
    const visible = async () => ((await tableNames(admin)).includes(file.table) ? rowCount(admin, file.table) : 0)
    const rowsBefore = await visible()
    const planned = moments(postgres, random.fork(day), file.bytes, async () => (await visible()) !== rowsBefore).slice(
      0,
      day === 'Monday' ? 5 : 3,
    )
    did(`${day}: I started the loader and killed it (kill -9) ${planned.map(moment => moment.name).join('; ')}.`)
    for (const moment of planned) {
      const program = await startLoader({ learner, postgres }, file.dir)
      const came = await moment.reached(program)
      await program.kill()
      await backendsGone(postgres)
      if (came) effective++
      timeline.mark(`killed ${moment.name}`)
      const after = await state()
      if (after !== before && after !== whole)
        fail({
          subject: `what others see of ${file.table} after a kill`,
          expected: before === 'nothing' ? `no such table, or all ${file.rows} rows` : 'the rows of Monday, or those of Tuesday',
          saw: `~${after.split(' ')[0]} rows, ${after.endsWith('missing') ? 'without' : 'with'} a key: neither the one nor the other`,
        })
      if (day === 'Monday' && after === whole) await clear(admin, 'public')
    }
    await load({ learner, postgres }, file.dir)
    did(`${day}: I ran it once more, to its end.`)
    expect(await state(), `${file.table} after the last run`).toBe(whole)
    before = whole
  }
  if (effective < 3) inconclusive(`Only ${effective} of the kills came while the loader was at work.`)
})
