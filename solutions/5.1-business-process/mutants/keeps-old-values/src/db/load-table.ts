/** The second pass over a file: good rows into the table, bad ones aside. */
import type { Client } from 'pg'
import { escapeIdentifier } from 'pg'
import { chunksOf } from '../csv/file.ts'
import type { KeySet } from '../infer/key-set.ts'
import type { TablePlan } from '../infer/plan.ts'
import { doubtful } from '../infer/scan.ts'
import type { TableReport } from '../types.ts'
import { addConstraints, prepareTable } from './catalog.ts'
import { CopyRows } from './copy-rows.ts'
import { RowJudge } from './judge-row.ts'
import { RejectedRows } from './rejected.ts'

const STAGING = 'incoming rows'

/**
 * Loads one file. A new table is filled directly and gets its key and references afterwards; rows for an existing one are staged and
 * merged by key, so that the same delivery twice changes nothing.
 * @returns what became of the rows, and the keys of those that were taken
 */
export async function loadTable(
  client: Client,
  plan: TablePlan,
  parents: ReadonlyMap<string, KeySet>,
): Promise<{ report: TableReport; keys: KeySet }> {
  const { file, existing } = plan
  const rejected = new RejectedRows(client, `${file.table}.csv`)
  await rejected.forget()
  await prepareTable(client, plan)
  if (existing) await makeStaging(client, file.table)
  const numbered = plan.key === undefined
  const copy = new CopyRows(client, existing ? STAGING : file.table, file, numbered)
  const judge = new RowJudge(plan, parents)
  let read = 0
  for await (const reader of chunksOf(file)) {
    const check = doubtful(reader.buffer)
    while (reader.next()) {
      read++
      const verdict = judge.judge(reader, check)
      if (!verdict) copy.add(reader, read)
      else if (rejected.add({ line: reader.line, ...verdict, raw: reader.buffer.subarray(reader.start, reader.end) })) {
        await copy.close(reader.buffer)
        await rejected.flush()
      }
    }
    await copy.endChunk(reader.buffer)
  }
  await copy.close()
  await rejected.flush()
  const good = read - rejected.count
  if (!existing) {
    await addConstraints(client, plan)
    return { report: { read, added: good, updated: 0, unchanged: 0, rejected: rejected.count }, keys: judge.keys }
  }
  const { added, updated } = await merge(client, plan)
  return { report: { read, added, updated, unchanged: good - added - updated, rejected: rejected.count }, keys: judge.keys }
}

async function makeStaging(client: Client, table: string): Promise<void> {
  await client.query(`CREATE TEMP TABLE ${escapeIdentifier(STAGING)} (LIKE ${escapeIdentifier(table)}) ON COMMIT DROP`)
}

/** Puts the staged rows into the table: new keys are added, known keys get the new values where they differ. */
async function merge(client: Client, plan: TablePlan): Promise<{ added: number; updated: number }> {
  const { file, key } = plan
  const table = escapeIdentifier(file.table)
  const keyName = key === undefined ? '_row' : file.columns[key]!
  const all = (key === undefined ? ['_row'] : []).concat(file.columns)
  const others = all.filter(name => name !== keyName).map(escapeIdentifier)
  const _set = others.map(name => `${name} = excluded.${name}`).join(', ')
  const _differs = `(${others.map(name => `t.${name}`).join(', ')}) IS DISTINCT FROM (${others.map(name => `excluded.${name}`).join(', ')})`
  const columns = all.map(escapeIdentifier).join(', ')
  const { rows } = await client.query<{ added: string; updated: string }>(`
    WITH merged AS (
      INSERT INTO ${table} AS t (${columns}) SELECT ${columns} FROM ${escapeIdentifier(STAGING)}
      ON CONFLICT (${escapeIdentifier(keyName)}) DO NOTHING
      RETURNING (xmax = 0) AS added)
    SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS updated FROM merged`)
  await client.query(`DROP TABLE ${escapeIdentifier(STAGING)}`)
  return { added: Number(rows[0]!.added), updated: Number(rows[0]!.updated) }
}
