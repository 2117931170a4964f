import avsc from 'avsc'
import { expect, test } from 'vitest'
import { frame, framedReader, NotFramed } from './framed.ts'

const SCHEMA: avsc.Schema = { type: 'record', name: 'Reading', fields: [{ name: 'seq', type: 'int' }] }
const type = avsc.Type.forSchema(SCHEMA)
const record = (id: number, seq: number) => frame(id, type.toBuffer({ seq }))

/** A registry that knows id 7 and counts its questions; it breaks off the first `away` of them. */
function registry(away = 0) {
  const asked: string[] = []
  const ask = async <T>(path: string) => {
    asked.push(path)
    if (asked.length <= away) throw new Error('fetch failed')
    return (path.endsWith('/7') ? { status: 200, body: { schema: JSON.stringify(SCHEMA) } } : { status: 404, body: {} }) as {
      status: number
      body: T
    }
  }
  return { asked, ask }
}

test('a thousand records that are read at once ask for their schema once', async () => {
  const { asked, ask } = registry()
  const read = framedReader({ ask })
  const values = await Promise.all(Array.from({ length: 1000 }, (_, seq) => read(record(7, seq))))
  expect(values.map(({ value }) => value['seq'])).toEqual([...Array(1000).keys()])
  expect(asked).toEqual(['/schemas/ids/7'])
})

test('a schema that could not be had is asked for again; that is no mistake of the record', async () => {
  const { asked, ask } = registry(1)
  const read = framedReader({ ask })
  await expect(read(record(7, 1))).rejects.toThrow('fetch failed')
  expect((await read(record(7, 1))).value).toEqual({ seq: 1 })
  expect(asked).toHaveLength(2)
})

test.each([
  ['no value', null],
  ['no frame', Buffer.from('{"seq":1}')],
  ['an id nobody has', record(8, 1)],
  ['a byte too many', Buffer.concat([record(7, 1), Buffer.of(0)])],
])('%s is not framed', async (_, value) => {
  await expect(framedReader(registry())(value)).rejects.toThrow(NotFramed)
})
