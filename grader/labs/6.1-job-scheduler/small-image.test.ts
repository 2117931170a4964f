import { did, fail, kpi } from '../../kpi/index.ts'
import { build, docker } from './support/docker.ts'

const MB = 1_000_000
/** Megabits a second at which a new machine pulls, and the parallel downloads of the engine. */
const LINK_MBIT = 100
const PARALLEL = 3

/** Seconds until the last layer is there: the engine pulls three at a time, largest first here; compressed to about 0.4 of their size. */
function pullSeconds(layers: readonly number[]): number {
  const lanes = Array.from({ length: PARALLEL }, () => 0)
  for (const size of [...layers].sort((a, b) => b - a)) lanes[lanes.indexOf(Math.min(...lanes))]! += size * 0.4
  const bytes = layers.reduce((sum, size) => sum + size * 0.4, 0)
  return Math.max(bytes / ((LINK_MBIT * MB) / 8), Math.max(...lanes) / ((LINK_MBIT * MB) / 8))
}

kpi('small-image', async ({ learner, cleanup }) => {
  const image = await build({ learner, cleanup })
  did('I built your Dockerfile and looked at its layers.')
  if (image.size > 260 * MB)
    fail({ subject: 'size of the image', expected: '260 MB at most', saw: `~${Math.round(image.size / MB)} MB`, lookAt: 'Dockerfile' })
  const seconds = pullSeconds(image.layers)
  if (seconds > 12)
    fail({
      subject: `estimated time to pull it over ${LINK_MBIT} Mbit/s`,
      expected: '12 s at most',
      saw: `~${seconds.toFixed(1)} s in ${image.layers.length} layers`,
      lookAt: 'Dockerfile',
    })
  const found = await docker([
    'run',
    '--rm',
    '--entrypoint',
    'sh',
    image.tag,
    '-c',
    'ls / /app; command -v npm git gcc make python3 || true',
  ])
  const tools = found.stdout.split('\n').filter(line => /\/(git|gcc|make|python3)$/.test(line))
  if (tools.length > 0) fail({ subject: 'tools in the image that nothing at run time needs', expected: 'none', saw: tools.join(' ') })
})
