import { docker } from '../../engines/docker/client.ts'
import { did, fail, kpi } from '../../kpi/index.ts'

const MB = 1_000_000
/** What Node itself takes on this machine; an image may have this much more. */
const BASE = 'node:24-slim'
const ROOM_MB = 40
/** Megabits a second at which a new machine pulls, and the parallel downloads of the engine. */
const LINK_MBIT = 100
const PARALLEL = 3
const PULLED_WITHIN = 12

/** Seconds until the last layer is there: the engine pulls three at a time, largest first here; compressed to about 0.4 of their size. */
function pullSeconds(layers: readonly number[]): number {
  const lanes = Array.from({ length: PARALLEL }, () => 0)
  for (const size of [...layers].sort((a, b) => b - a)) lanes[lanes.indexOf(Math.min(...lanes))]! += size * 0.4
  const bytes = layers.reduce((sum, size) => sum + size * 0.4, 0)
  return Math.max(bytes, ...lanes) / ((LINK_MBIT * MB) / 8)
}

kpi('small-image', async ({ compose }) => {
  const image = await compose.image()
  const base = Number(await docker(['image', 'inspect', '--format', '{{.Size}}', BASE]))
  did(`I built your Dockerfile and looked at its layers; ${BASE} has ~${Math.round(base / MB)} MB here.`)
  if (image.bytes > base + ROOM_MB * MB)
    fail({
      subject: 'size of the image',
      expected: `at most ${ROOM_MB} MB more than ${BASE}`,
      saw: `~${Math.round((image.bytes - base) / MB)} MB more`,
      lookAt: 'Dockerfile',
    })
  const seconds = pullSeconds(image.layers)
  if (seconds > PULLED_WITHIN)
    fail({
      subject: `estimated time to pull it over ${LINK_MBIT} Mbit/s`,
      expected: `${PULLED_WITHIN} s at most`,
      saw: `~${seconds.toFixed(1)} s in ${image.layers.length} layers`,
      lookAt: 'Dockerfile',
    })
  const found = await image.run(['--entrypoint', 'sh'], ['-c', 'command -v git gcc make python3 || true'])
  const tools = found.stdout.split('\n').filter(line => line.startsWith('/'))
  if (tools.length > 0) fail({ subject: 'tools in the image that nothing at run time needs', expected: 'none', saw: tools.join(' ') })
})
