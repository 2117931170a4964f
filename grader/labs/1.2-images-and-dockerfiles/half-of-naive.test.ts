import { did, fail, kpi } from '../../kpi/index.ts'
import { megabytes, NAIVE } from './support/size.ts'

kpi('half-of-naive', async ({ compose }) => {
  const naive = await compose.image({ file: NAIVE })
  const image = await compose.image()
  did(`I built ${NAIVE} and your Dockerfile on this machine: the naive image has ~${megabytes(naive)} MB.`)
  if (image.bytes * 2 > naive.bytes)
    fail({
      subject: 'size of your image',
      expected: 'at most half of the naive one',
      saw: `~${megabytes(image)} MB, that is ~${Math.round((100 * image.bytes) / naive.bytes)} % of it`,
      lookAt: 'Dockerfile',
    })
})
