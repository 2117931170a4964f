import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql, writeEnv } from '../../experiments/outside.ts'
import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { answers, databaseOf } from './support/db.ts'

const FILE = 'config/fjordline.conf'

kpi('config-by-bind', async ({ compose, learner, random }) => {
  const password = `pw-${random.word(10)}`
  writeEnv(learner.dir, { DB_PASSWORD: password })
  const project = await compose.up()
  const db = databaseOf(project, password)
  await answers(db)
  const { raw } = await project.container('db')
  const mount = raw.Mounts.find(({ Type, Source }) => Type === 'bind' && (Source.endsWith(`/${FILE}`) || Source.endsWith('/config')))
  if (!mount)
    fail({
      subject: `the bind mount of ${FILE} or its folder in db`,
      expected: 'one',
      saw: raw.Mounts.map(({ Type, Destination }) => `${Type} at ${Destination}`).join(', ') || 'no mounts',
      lookAt: 'compose.yaml',
    })

  const kilobytes = random.int(200, 900) * 10
  appendFileSync(join(learner.dir, FILE), `work_mem = '${kilobytes}kB'\n`)
  await project.compose(['restart', 'db'])
  await answers(db)
  did(`I appended work_mem = '${kilobytes}kB' to ${FILE} on the host and restarted db.`)
  const [row] = await sql(db, "SELECT setting, source, sourcefile FROM pg_settings WHERE name = 'work_mem'")
  expect(`${row!['setting']} kB, from ${row!['source']}`, 'work_mem of the running server').toBe(`${kilobytes} kB, from configuration file`)

  did('I tried to write to it from inside of the container, as root.')
  const target = mount!.Source.endsWith('.conf') ? mount!.Destination : `${mount!.Destination}/fjordline.conf`
  const { code } = await project.exec('db', ['sh', '-c', `echo >> ${target}`], { user: 'root' })
  expect(code === 0 ? 'written' : 'refused', `a write to ${target}`).toBe('refused')
})
