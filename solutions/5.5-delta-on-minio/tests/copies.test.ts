/** Labs share no files, so lab 5.5 brings copies of what lab 5.4 gives and has its learner build. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

test.each([
  ['kafka.ts', 'labs'],
  ['registry.ts', 'solutions'],
  ['plan.ts', 'solutions'],
])('%s is that of %s/5.4-stream-processing', (file, where) => {
  expect(read(`labs/5.5-delta-on-minio/src/${file}`)).toBe(read(`${where}/5.4-stream-processing/src/${file}`))
})
