import { sql, writeEnv } from '../../experiments/outside.ts'
import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { database, dbAnswers, portOf } from './support/learners.ts'
import { DB } from './support/stack.ts'

kpi('env-reaches', async ({ compose, learner, random }) => {
  const depot = `Depot ${random.word(6)}`
  const password = `pw-${random.word(10)}`
  writeEnv(learner.dir, { DEPOT: depot, DB_PASSWORD: password })
  const project = await compose.up()
  did('I started your compose.yaml with DEPOT and DB_PASSWORD of my own in .env, and asked for DEPOT in the container of web.')
  // Not /proc/1/environ: nginx writes its title over it.
  const { code, stdout } = await project.exec('web', ['printenv', 'DEPOT'])
  if (stdout.trim() !== depot)
    fail({
      subject: 'DEPOT in the environment of web',
      expected: 'what I wrote into .env',
      saw: code === 0 ? stdout.trim() : 'no such variable',
      lookAt: 'compose.yaml',
    })

  const port = portOf(project, 'db')
  did(`I logged in to db over TCP as ${DB.user}, database ${DB.database}, with that password.`)
  await dbAnswers(port, password)
  did('I tried another password.')
  const other = await sql(database(port, 'another'), 'SELECT 1').then(
    () => 'let in',
    (error: { code?: string }) => (error.code === '28P01' ? 'refused' : `error ${error.code}`),
  )
  expect(other, `${DB.user} with a wrong password`).toBe('refused')

  writeEnv(learner.dir, {})
  did('I read your file without these variables: it must have defaults.')
  await project.up({ services: ['web'] })
  const standing = await project.exec('web', ['printenv', 'DEPOT'])
  expect(standing.stdout.trim(), 'DEPOT of web when nobody sets it').toBe('Bergen')
})
