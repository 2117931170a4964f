import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findLab } from '../course/labs.ts'
import { layWorkspace } from '../course/workspace.ts'
import { labelsOf } from '../engines/docker/marks.ts'
import { lookForEngine } from '../engines/docker/reachable.ts'
import { removeRun, sweepContainers } from '../engines/docker/sweep.ts'
import { type Comparison, compare, median, medianInterval, verdictOn } from '../experiments/compare.ts'
import { chooseImages, loadImages } from '../images/manifest.ts'
import { startBroker } from '../images/smoke/broker.ts'
import { startRegistry } from '../images/smoke/registry.ts'
import { Trial } from '../images/smoke/trial.ts'
import { imageStates } from '../images/state.ts'
import { hasContainers } from '../process/containers.ts'
import { openRunDir } from '../process/run.ts'
import { buildPeer } from './streams/peer.ts'
import { fillReadings } from './streams/readings.ts'
import { type Contender, type Round, round } from './streams/round.ts'
import type { Bench, BenchRow } from './types.ts'

const [TOPIC, PARTITIONS, SEED, GOAL] = ['readings', 3, 7, 0.8]
const IMAGES = ['kafka', 'registry', 'node', 'jre', 'maven']

/**
 * Lab 3.3: the solution's processor and a Kafka Streams program of the same logic take turns on one broker. Both are containers beside the broker,
 * with the same memory: what a port of the host costs would only be paid by one of them.
 */
const bench: Bench = {
  name: 'streams',
  labs: ['3.3'],
  description: "Readings a second of lab 3.3's solution against a Kafka Streams program of the same logic, on one broker (Docker)",
  async run({ root, quick, onProgress }) {
    const kit = loadImages(root)
    const found = await lookForEngine()
    if (typeof found === 'string') return [unmeasured(`no Docker engine answers (${found})`)]
    const states = await imageStates(chooseImages(kit, IMAGES), kit)
    const missing = states.flatMap(({ state, image }) => (state === 'missing' ? [image.name] : []))
    if (missing.length > 0) return [unmeasured(`images are missing: pnpm images build ${missing.join(' ')}`)]
    const image = (name: string) => kit.find(one => one.name === name)!.image

    const lab = findLab(root, '3.3')
    const run = openRunDir()
    hasContainers(run.dir)
    await sweepContainers()
    const workspace = join(root, '.millrace', 'work', `bench-${run.id}`)
    const trial = new Trial(image('kafka'), `mrbench-${randomBytes(4).toString('hex')}`, labelsOf({ runId: run.id, project: '' }))
    try {
      onProgress('building the Kafka Streams program')
      const peer = await buildPeer(lab, run.id, join(run.dir, 'scratch'))
      layWorkspace({ lab, source: { kind: 'solution' }, dir: workspace })
      onProgress('filling the topic')
      const broker = await startBroker(trial, { memory: '768m' })
      const registry = await startRegistry(trial, { image: image('registry') })
      const total = quick ? 100_000 : 400_000
      const vehicles = join(workspace, 'vehicles.csv')
      writeFileSync(vehicles, await fillReadings(broker, registry, { topic: TOPIC, partitions: PARTITIONS, readings: total, seed: SEED }))
      const env = {
        KAFKA_BROKERS: broker.inside,
        REGISTRY_URL: `${registry.inside}/apis/ccompat/v7`,
        READINGS_TOPIC: TOPIC,
        VEHICLES_CSV: vehicles,
        // What serves the peer best: a thread a partition, though the solution has one for all.
        STREAM_THREADS: String(PARTITIONS),
        // A partition whose turn comes late has not been idle.
        IDLE_MS: '600000',
      }
      const mount = ['--volume', `${root}:${root}:ro`]
      const contenders: Record<'own' | 'streams', Contender> = {
        own: { image: image('node'), args: mount, command: ['node', join(workspace, 'src', 'processor.ts')] },
        streams: { image: peer, args: mount, command: [] },
      }
      const rounds = { own: [] as Round[], streams: [] as Round[] }
      const turn = (name: 'own' | 'streams') => async () => {
        onProgress(`${name}, round ${rounds[name].length + 1}`)
        const done = await round({ trial, broker, topic: TOPIC, total, env }, `${name}-${rounds[name].length}`, contenders[name])
        rounds[name].push(done)
        return done.warm
      }
      const so = await compare(turn('own'), turn('streams'), { rounds: quick ? 3 : 9, enough: c => verdictOn(c, GOAL) !== 'undecided' })
      return rowsOf(so, rounds, total)
    } finally {
      await trial.end()
      await removeRun(run.id).catch(() => {})
      rmSync(workspace, { recursive: true, force: true })
      await run.close()
    }
  },
}

const WHAT = 'lab 3.3: readings/s against a Kafka Streams program'

const unmeasured = (why: string): BenchRow => ({ what: WHAT, figure: '–', goal: `≥ ${GOAL}×`, reached: 'undecided', detail: why })

function rowsOf(so: Comparison, rounds: Record<'own' | 'streams', Round[]>, total: number): BenchRow[] {
  const verdict = verdictOn(so, GOAL)
  const { same, words } = sameOutput([...rounds.own, ...rounds.streams])
  // The pair that warms up the machine does not count in either row.
  const whole = rounds.own.slice(1).map((own, i) => own.whole / rounds.streams[i + 1]!.whole)
  const { low, high } = medianInterval(whole)
  const mid = (of: Round[], figure: 'whole' | 'warm') => Math.round(median(of.slice(1).map(one => one[figure]))).toLocaleString('en')
  const rates = (figure: 'whole' | 'warm') => `${mid(rounds.own, figure)}/s and ${mid(rounds.streams, figure)}/s`
  return [
    {
      what: `${WHAT}, ${total.toLocaleString('en')} readings, without the first quarter`,
      figure: `${so.median.toFixed(2)}×`,
      goal: `≥ ${GOAL}×`,
      reached: same ? (verdict === 'undecided' ? verdict : verdict === 'reached') : false,
      detail: `${so.low.toFixed(2)} to ${so.high.toFixed(2)} over ${so.pairs.length} pairs; ${rates('warm')}; ${words}`,
    },
    {
      what: `${WHAT}, from the first commit to the last`,
      figure: `${median(whole).toFixed(2)}×`,
      detail: `${low.toFixed(2)} to ${high.toFixed(2)}; ${rates('whole')}; the compilers of both warm up in it`,
    },
  ]
}

/** Did every round of both write the same alerts and rejects, byte for byte? */
function sameOutput(rounds: readonly Round[]): { same: boolean; words: string } {
  const [first, ...others] = rounds.map(({ written }) => written)
  const differing = others.map(other => [...new Set([...first!.keys(), ...other.keys()])].filter(id => first!.get(id) !== other.get(id)))
  const worst = differing.flat()
  const alerts = [...first!.keys()].filter(id => id.startsWith('alert ')).length
  if (worst.length > 0) return { same: false, words: `the outputs differ in ${new Set(worst).size}, e.g. ${worst[0]}` }
  if (alerts === 0) return { same: false, words: 'no alert was written' }
  return { same: true, words: `same ${alerts} alerts and ${first!.size - alerts} rejects` }
}
export default bench
