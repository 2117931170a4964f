import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GenerateOptions, writeDataset } from '../index.ts'
import { DATASET_FILES, MANIFEST } from '../write/directory.ts'
import { GENERATOR_VERSION } from '../write/manifest.ts'

/** Checksums by data set and file, written once from a reviewed run. Other bytes need a new GENERATOR_VERSION and a new file. */
const golden = JSON.parse(readFileSync(new URL('./golden.json', import.meta.url), 'utf8')) as {
  version: string
  datasets: { options: GenerateOptions; sha256: Record<string, string> }[]
}

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'fjordline-golden-'))
})
afterAll(() => rm(directory, { recursive: true }))

test('the checksums are of this version', () => expect(golden.version).toBe(GENERATOR_VERSION))

describe('the same seed gives the same bytes', () => {
  test.each(golden.datasets)('$options', async ({ options, sha256 }) => {
    const manifest = await writeDataset(options, { out: path.join(directory, JSON.stringify(options).replace(/\W+/g, '-')) })
    expect(Object.fromEntries(manifest.files.map(file => [file.path, file.sha256]))).toEqual(sha256)
  })

  test('samples/ is size xs, seed 4, and a format alone gives the same file as both', async () => {
    const samples = new URL('../samples/', import.meta.url)
    await writeDataset({ size: 'xs', seed: 4 }, { out: path.join(directory, 'both') })
    await writeDataset({ size: 'xs', seed: 4 }, { out: path.join(directory, 'csv'), format: 'csv' })
    for (const name of [...DATASET_FILES, MANIFEST]) {
      expect(await readFile(path.join(directory, 'both', name), 'utf8'), name).toBe(await readFile(new URL(name, samples), 'utf8'))
    }
    expect(await readFile(path.join(directory, 'csv/readings.csv'))).toEqual(await readFile(new URL('readings.csv', samples)))
  })

  test('and another seed gives others', () => {
    const all = golden.datasets.map(({ sha256 }) => sha256['readings.csv'])
    expect(new Set(all).size).toBe(all.length)
  })
})
