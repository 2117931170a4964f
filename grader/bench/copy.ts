import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startEmbedded } from '../engines/embedded/index.ts'
import { compare } from '../experiments/compare.ts'
import { random } from '../kpi/random.ts'
import { bigFile } from '../labs/5.1-business-process/support/big.ts'
import { clear } from '../labs/5.1-business-process/support/database.ts'
import { contentOf, referenceCopy } from '../labs/5.1-business-process/support/reference-copy.ts'
import { openRunDir } from '../process/run.ts'
import { openPostgres } from '../services/postgres/fixture.ts'
import type { Bench } from './types.ts'

const run = promisify(execFile)
const LAB = '5.1-business-process'

const bench: Bench = {
  name: 'copy',
  description: 'The loader of lab 5.1 (a file it has not seen, types found) against one COPY of somebody who knows the types',
  labs: ['5.1'],
  async run({ root, quick, onProgress }) {
    const rows = quick ? 200_000 : 1_000_000
    const own = openRunDir()
    const engine = await startEmbedded(['postgres'], { runId: own.id, runDir: own.dir })
    try {
      const postgres = await openPostgres(engine.endpoints[0]!, 'bench-copy')
      const program = join(own.dir, 'program')
      mkdirSync(program)
      cpSync(join(root, 'labs', LAB, 'src'), join(program, 'src'), { recursive: true })
      cpSync(join(root, 'solutions', LAB, 'src'), join(program, 'src'), { recursive: true })
      symlinkSync(join(root, 'node_modules'), join(program, 'node_modules'))
      writeFileSync(join(program, 'package.json'), '{ "type": "module" }')
      const file = bigFile(random(7, 'bench-copy'), join(own.dir, 'files'), rows)
      const loader = async () => {
        await clear(postgres.admin, 'public')
        const began = performance.now()
        await run(process.execPath, ['src/load.ts'], { cwd: program, env: { DATABASE_URL: postgres.url, CSV_DIR: file.dir } })
        return performance.now() - began
      }
      const reference = async () => {
        await clear(postgres.admin, 'reference')
        return referenceCopy(postgres.url, file)
      }
      let pair = 0
      const so = await compare(
        async () => {
          onProgress(`pair ${++pair}`)
          return loader()
        },
        reference,
        { rounds: quick ? 3 : 9 },
      )
      const same = (await contentOf(postgres.admin, 'public', file)) === (await contentOf(postgres.admin, 'reference', file))
      await postgres.close()
      return [
        {
          what: `lab 5.1: ${rows.toLocaleString('en')} rows (${Math.round(file.bytes / 2 ** 20)} MiB) loaded, whole process, against one COPY`,
          figure: `${so.median.toFixed(2)}×`,
          goal: '≤ 2×',
          reached: same && (so.high <= 2 ? true : so.low > 2 ? false : 'undecided'),
          detail: `${so.low.toFixed(2)} to ${so.high.toFixed(2)} over ${so.pairs.length} pairs${same ? ', same content' : ', other content'}`,
        },
      ]
    } finally {
      await engine.stop()
      await own.close()
    }
  },
}
export default bench
