import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError } from '../../errors/coded-error.ts'
import { did, expect, kpi } from '../../kpi/index.ts'
import { ask, healthy } from './support/api.ts'
import { PROD, prepare } from './support/stage.ts'

kpi('settings-from-env', async ({ compose, learner, random }) => {
  prepare(learner.dir, random)
  const write = (lines: string[]) => writeFileSync(join(learner.dir, 'graded.env'), `${lines.join('\n')}\n`)
  const open = () => compose.open({ files: PROD.files, envFile: 'graded.env' })
  const lines = [`ENVIRONMENT=${random.word(6)}`, `DEPOT=Depot ${random.word(8)}`]

  for (const missing of lines) {
    const name = missing.split('=')[0]!
    write(lines.filter(line => line !== missing))
    const said = await open().then(
      () => 'accepted',
      (error: unknown) => {
        if (error instanceof CodedError && error.code === 'MR-E-113')
          return error.message.includes(name) ? `refused, naming ${name}` : error.message
        throw error
      },
    )
    did(`I read the project with an env file in which ${name} is not set.`)
    expect(said, 'what compose does with it').toBe(`refused, naming ${name}`)
  }

  write(lines)
  const project = await open()
  await project.up()
  await healthy(project)
  did(`I started it with ${lines.join(' and ')}, and nothing else, in the env file.`)
  const [environment, depot] = lines.map(line => line.split('=')[1])
  const { body } = await ask(project, 'GET', '/settings')
  expect(body, 'GET /settings').toEqual({ environment, depot, logLevel: 'info' })
})
