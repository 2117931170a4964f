/** .devcontainer/devcontainer.json: its shape by the dev container reference, and that what it says is true of this repository. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../course/root.ts'

interface DevContainer {
  image: string
  features: Record<string, unknown>
  forwardPorts: number[]
  portsAttributes: Record<string, { label?: string }>
  otherPortsAttributes: { onAutoForward: string }
  onCreateCommand: string
  updateContentCommand: string
  postAttachCommand: string
}

const read = (path: string): unknown => JSON.parse(readFileSync(join(repositoryRoot(), path), 'utf8'))
const config = read('.devcontainer/devcontainer.json') as DevContainer
const validate = new Ajv2019({ allErrors: true, allowUnionTypes: true }).compile(read('grader/style/devcontainer.schema.json') as object)
const mistakes = (change: object): string[] => {
  validate({ ...config, ...change })
  return (validate.errors ?? []).map(error => `${error.instancePath} ${error.message}`)
}

test('it has the shape of the reference', () => {
  expect(mistakes({})).toEqual([])
})

test.each([
  [{ forwardPort: [3000] }, 'additional properties'],
  [{ image: undefined }, "required property 'image'"],
  [{ forwardPorts: [70000] }, 'must be <= 65535'],
  [{ portsAttributes: { 3000: { name: 'x' } } }, 'additional properties'],
  [{ otherPortsAttributes: { onAutoForward: 'never' } }, 'allowed values'],
  [{ hostRequirements: { memory: '8 GB' } }, 'must match pattern'],
  [{ waitFor: 'attach' }, 'allowed values'],
  [{ updateContentCommand: 7 }, 'must be string'],
])('the schema refuses %j', (change, said) => {
  expect(mistakes(change).join('\n')).toContain(said)
})

test('Node 24, docker-in-docker, the pnpm that wrote the lockfile', () => {
  const pkg = read('package.json') as { devDependencies: { node: string } }
  expect(config.image).toMatch(new RegExp(`:${pkg.devDependencies.node.split('.')[0]}-`))
  expect(Object.keys(config.features)).toContainEqual(expect.stringMatching(/docker-in-docker:\d+$/))
  expect(config.onCreateCommand).toMatch(/pnpm@\d+$/)
})

test('every forwarded port has a label, and ports that the system gives are not announced', () => {
  expect(config.forwardPorts.filter(port => !config.portsAttributes[port]?.label)).toEqual([])
  expect(Object.keys(config.portsAttributes).map(Number)).toEqual(config.forwardPorts)
  expect(config.otherPortsAttributes.onAutoForward).toBe('ignore')
})

test('its commands are scripts of this repository', () => {
  const { scripts } = read('package.json') as { scripts: Record<string, string> }
  const named = [config.updateContentCommand, config.postAttachCommand].flatMap(command =>
    [...command.matchAll(/pnpm (\w+)/g)].map(match => match[1]!),
  )
  expect(named.filter(name => name !== 'install' && !(name in scripts))).toEqual([])
  expect(named).toContain('checkup')
})
