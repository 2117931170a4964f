import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { did, fail, kpi } from '../../kpi/index.ts'
import { expectNowhere, type Place, search } from './support/search.ts'
import { BASE, DEV, GIVEN, PROD, prepare } from './support/stage.ts'

kpi('not-hard-coded', async ({ compose, learner, random }) => {
  const files = filesBelow(learner.dir).filter(({ name }) => !name.startsWith('secrets/'))
  did(`I looked through your ${files.length} files outside of secrets/ for what the files in secrets/ hold.`)
  const own = search(files, GIVEN)
  if (own.length > 0) {
    const places = own.map(({ place, secret, form, offset }) => {
      const { content } = files.find(({ name }) => name === place)!
      return { at: `${place}:${content.toString().slice(0, offset).split('\n').length}`, what: `${secret} ${form}` }
    })
    fail({
      subject: 'the secrets outside of secrets/',
      expected: 'nowhere',
      saw: `${places[0]!.what} in ${places[0]!.at}`,
      details: places.slice(1).map(({ at, what }) => `${what} in ${at}`),
      lookAt: places[0]!.at,
    })
  }

  const drawn = prepare(learner.dir, random)
  const resolved: Place[] = []
  for (const [name, options] of [
    ['compose.yaml alone', { files: [BASE] }],
    ['dev', DEV],
    ['prod', PROD],
  ] as const) {
    const { config } = await compose.open({ ...options, files: [...options.files] })
    resolved.push({ name: `the resolved configuration of ${name}`, content: JSON.stringify(config) })
  }
  did('I put drawn secrets into secrets/ and read what `docker compose config` makes of your files.')
  const { db_password, signing_key } = drawn
  expectNowhere(search(resolved, { db_password, signing_key }), 'the resolved configuration')
})

function filesBelow(dir: string, under = ''): Place[] {
  return readdirSync(join(dir, under), { recursive: true, encoding: 'utf8' })
    .filter(name => name !== 'lab.yaml' && name !== 'README.md' && statSync(join(dir, name)).isFile())
    .sort()
    .map(name => ({ name, content: readFileSync(join(dir, name)) }))
}
