import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { repositoryRoot } from '../course/root.ts'
import { hasEngine, named } from '../engines/docker/testing.ts'
import { checkImages, untried } from './check.ts'
import { hostSettings } from './host-settings.ts'
import { chooseImages, loadImages, withBases } from './manifest.ts'
import { recipeHash } from './recipe-hash.ts'
import { imageStates } from './state.ts'
import { VERSION_OF } from './versions.ts'

const root = repositoryRoot()
const images = loadImages(root)
const dir = mkdtempSync(join(tmpdir(), 'millrace-images-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('every image has its trial and is asked for its version', () => {
  expect(untried(images)).toEqual([])
  expect(images.filter(({ name }) => !VERSION_OF[name]).map(({ name }) => name)).toEqual([])
})

test('no lab is built on an optional image: gates on docker run without it', () => {
  const optional = images.filter(image => image.optional).map(({ image }) => image)
  const composeFiles = globSync('{labs,solutions}/**/{compose*.yaml,Dockerfile*}', { cwd: root, exclude: path => path.endsWith('/bench') })
  expect(optional).toHaveLength(1)
  expect(composeFiles.length).toBeGreaterThan(20)
  expect(composeFiles.filter(path => optional.some(image => readFileSync(join(root, path), 'utf8').includes(image)))).toEqual([])
})

test('images are chosen by name or in full, with what they are built from', () => {
  expect(chooseImages(images, ['postgres', 'nginx:1.26']).map(({ name }) => name)).toEqual(['nginx', 'postgres'])
  expect(withBases(images, chooseImages(images, ['python-small'])).map(({ name }) => name)).toEqual(['debian', 'python', 'python-small'])
  expect(() => chooseImages(images, ['postgress'])).toThrow(
    expect.objectContaining({ code: 'MR-E-125', fix: expect.stringContaining('postgres?') }),
  )
})

test("the host's settings reach a build, as secrets and arguments; none where there are none", () => {
  const home = join(dir, 'home')
  mkdirSync(join(home, '.m2'), { recursive: true })
  const pip = hostSettings({}, home)
  writeFileSync(join(home, '.m2/settings.xml'), '<settings/>')
  const maven = ['--secret', `id=maven-settings,src=${home}/.m2/settings.xml`]
  expect(hostSettings({ GOPROXY: 'https://mirror.example,direct' }, home)).toEqual([
    ...maven,
    ...pip,
    '--build-arg',
    'GOPROXY=https://mirror.example,direct',
  ])
})

test('a wrong images.yaml is refused with its place', () => {
  const wrong = (text: string) => {
    mkdirSync(join(dir, 'compose'), { recursive: true })
    writeFileSync(join(dir, 'compose/images.yaml'), text)
    return () => loadImages(dir)
  }
  const entry = 'name: a, image: "a:1", purpose: aaa, licence: bbb, inside: ccc, differs: ddd'
  expect(wrong(`images: [{ ${entry}, colour: red }]`)).toThrow(/MR-E-126.*images\.0.*colour/)
  expect(wrong(`images: [{ ${entry} }]`)).toThrow(/a has no recipe/)
  expect(wrong(`images: [{ ${entry}, from: [b] }]`)).toThrow(/a is from b/)
})

test('the hash follows every file of the recipe and its bases, and nothing else', () => {
  const copy = images.map(image => ({ ...image, recipe: join(dir, 'recipes', image.name) }))
  for (const [i, image] of images.entries()) cpSync(image.recipe, copy[i]!.recipe, { recursive: true })
  const of = (name: string) => recipeHash(copy.find(image => image.name === name)!, copy)
  const before = Object.fromEntries(copy.map(({ name }) => [name, of(name)]))
  expect(new Set(Object.values(before)).size).toBe(images.length)
  expect(recipeHash(images[0]!, images)).toBe(before['debian'])
  writeFileSync(join(dir, 'recipes/python/extra'), '')
  const changed = copy.filter(({ name }) => of(name) !== before[name]).map(({ name }) => name)
  expect(changed).toEqual(['python', 'python-small', 'spark'])
})

describe.runIf(hasEngine)(named('with an engine', hasEngine), () => {
  test('an image that is not there is missing, and its check fails', async () => {
    const ghost = { ...images[0]!, name: 'ghost', image: 'millrace.invalid/ghost:1' }
    expect(await imageStates([ghost], images)).toEqual([{ image: ghost, state: 'missing' }])
    expect(await checkImages([ghost], images)).toMatchObject([{ ok: false, text: 'not here' }])
  })
})
