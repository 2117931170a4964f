import { askDocker } from '../../engines/docker/client.ts'
import { requireEngine } from '../../engines/docker/reachable.ts'
import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { readFacts, truth } from './support/facts.ts'

kpi('engine-known', async ({ learner }) => {
  const engine = await requireEngine()
  did(`\`pnpm checkup\` finds Docker Engine and Compose here; I asked the engine with your templates of facts.yaml.`)
  const facts = await readFacts(learner, ['engine-version', 'storage-driver'])
  const version = await truth(facts['engine-version'], template => askDocker(['version', `--format=${template}`]))
  if (version !== engine.version)
    fail({
      subject: `facts.yaml:${facts['engine-version'].line}: engine-version`,
      expected: `the engine's: ${about(engine.version)}`,
      saw: about(version),
    })
  const driver = (await askDocker(['info', '--format={{json .Driver}}'])).stdout.trim().replaceAll('"', '')
  expect(
    await truth(facts['storage-driver'], template => askDocker(['info', `--format=${template}`])),
    "docker info --format 'storage-driver'",
  ).toBe(driver)

  did('I asked again where no engine answers: only the client can answer there.')
  const without = await askDocker(['version', `--format=${facts['engine-version'].value}`], { env: { DOCKER_HOST: 'tcp://127.0.0.1:1' } })
  expect(without.stdout.trim().replaceAll('<no value>', ''), 'the version of the engine, without an engine').toBe('')
})

/** A version without its distribution's suffix, which differs from machine to machine. */
const about = (version: string): string => version.replace(/\d+(\.\d+)+\S*/, text => `~${/[\d.]+/.exec(text)![0]}`) || '(empty)'
