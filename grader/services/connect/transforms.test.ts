import { expect, test } from 'vitest'
import { type ConnectRecord, simple, struct } from './data/schema.ts'
import { applyAll, checkTransforms, transformsOf } from './transforms.ts'

const NAME = 'org.apache.kafka.connect.transforms.SetSchemaMetadata$Value'
const config = {
  transforms: 'name, topic',
  'transforms.name.type': NAME,
  'transforms.name.schema.name': 'no.fjordline.Reading',
  'transforms.topic.type': 'org.apache.kafka.connect.transforms.RegexRouter',
  'transforms.topic.regex': 'trucks\\.public\\.(.*)',
  'transforms.topic.replacement': '$1',
}
const schema = struct('trucks.public.readings.Value', { seq: simple('int32') })
const record = (value: ConnectRecord['value']): ConnectRecord => ({ topic: 'trucks.public.readings', key: null, value }) as ConnectRecord

test('the name of a value’s schema is set, its fields stay, and equal schemas stay one object', () => {
  const transforms = transformsOf(config)
  const once = applyAll(transforms, record({ schema, value: { seq: 1 } }))
  const again = applyAll(transforms, record({ schema, value: { seq: 2 } }))
  expect(once).toMatchObject({ topic: 'readings', value: { schema: { ...schema, name: 'no.fjordline.Reading' }, value: { seq: 1 } } })
  expect(again?.value?.schema).toBe(once?.value?.schema)
})

test('tombstones, values without a schema, and a transform without a name pass as they are', () => {
  expect(applyAll(transformsOf(config), record(null))).toMatchObject({ topic: 'readings', value: null })
  expect(applyAll(transformsOf(config), record({ schema: null, value: { seq: 1 } }))?.value).toEqual({ schema: null, value: { seq: 1 } })
  const nameless = transformsOf({ transforms: 'name', 'transforms.name.type': NAME })
  expect(applyAll(nameless, record({ schema, value: { seq: 1 } }))?.value?.schema).toBe(schema)
})

test('a transform that is not there is named with those that are', () => {
  const errors = new Map<string, string[]>()
  checkTransforms({ transforms: 'x', 'transforms.x.type': 'a.B' }, errors as never)
  expect(errors.get('transforms.x.type')?.[0]).toContain(NAME)
})
