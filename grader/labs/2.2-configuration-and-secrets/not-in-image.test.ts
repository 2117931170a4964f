import { did, kpi } from '../../kpi/index.ts'
import { filesOf, recordOf } from './support/image.ts'
import { expectNowhere, search } from './support/search.ts'
import { PROD, prepare } from './support/stage.ts'

const BASE_IMAGE = 'node:24-slim'

kpi('not-in-image', async ({ compose, learner, random, scratch }) => {
  const { db_password, signing_key } = prepare(learner.dir, random)
  const secrets = { db_password, signing_key }
  // Its containers are not needed, but its image is named by them.
  const project = await compose.up({ ...PROD, services: ['api'] })
  const { imageId } = await project.container('api')
  const record = await recordOf(imageId)
  did('I put drawn secrets into secrets/, built the image, and read its configuration and its history.')
  expectNowhere(search(record, secrets), 'the record of the image', 'Dockerfile')

  const files = await filesOf(imageId, BASE_IMAGE, scratch)
  did(`I unpacked the layers of the image one by one, ~${files.length} files, those that a later layer removes too, and searched them.`)
  expectNowhere(search(files, secrets), 'the layers of the image', 'Dockerfile')
})
