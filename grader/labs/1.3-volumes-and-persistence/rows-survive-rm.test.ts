import { ANONYMOUS } from '../../engines/docker/project.ts'
import { sql, writeEnv } from '../../experiments/outside.ts'
import { did, fail, kpi } from '../../kpi/index.ts'
import { answers, DATA, databaseOf, mountAt } from './support/db.ts'
import { inWords } from './support/operations.ts'

const OPERATIONS = [
  [
    ['rm', '--stop', '--force', 'db'],
    ['up', '-d'],
  ],
  [['up', '-d', '--force-recreate', '--renew-anon-volumes']],
  [['down'], ['up', '-d']],
]

kpi('rows-survive-rm', async ({ compose, learner, random }) => {
  const password = `pw-${random.word(10)}`
  writeEnv(learner.dir, { DB_PASSWORD: password })
  const project = await compose.up()
  const db = databaseOf(project, password)
  await answers(db)
  await sql(db, 'CREATE TABLE bookings (id int PRIMARY KEY, note text NOT NULL)')
  let rows = 0
  for (const commands of OPERATIONS) {
    const note = random.word(12)
    await sql(db, 'INSERT INTO bookings VALUES ($1, $2)', [++rows, note])
    for (const words of commands) await project.compose(words, { within: 60_000 })
    did(`I inserted row ${rows}, and ran ${inWords(commands)}.`)
    const mount = await mountAt(project, DATA)
    await answers(db)
    const found = await sql(db, 'SELECT count(*)::int AS count FROM bookings').then(
      ([row]) => `${row!['count']}`,
      (error: Error) => error.message,
    )
    if (found !== String(rows))
      fail({
        subject: 'rows of bookings',
        expected: String(rows),
        saw: found,
        details: [`${DATA} of the new container is ${mount ? described(mount) : 'no mount: it is the container’s own layer'}`],
      })
  }
})

const described = ({ Type, Name = '', Destination }: { Type: string; Name?: string; Destination: string }): string =>
  `${Type === 'volume' && ANONYMOUS.test(Name) ? 'an anonymous volume' : Type === 'volume' ? 'a named volume' : `a ${Type} mount`}, mounted at ${Destination}`
