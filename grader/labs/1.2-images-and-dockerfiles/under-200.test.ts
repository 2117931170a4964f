import { did, fail, kpi } from '../../kpi/index.ts'
import { megabytes } from './support/size.ts'

const MOST = 200

kpi('under-200', async ({ compose }) => {
  const image = await compose.image()
  did('I built your Dockerfile and asked the engine for the size of the image.')
  if (megabytes(image) >= MOST)
    fail({
      subject: 'size of the image',
      expected: `less than ${MOST} MB`,
      saw: `~${megabytes(image)} MB; its largest layers: ${[...image.layers]
        .sort((a, b) => b - a)
        .slice(0, 3)
        .map(bytes => `~${Math.round(bytes / 1e6)}`)
        .join(', ')} MB`,
      lookAt: 'Dockerfile',
    })
})
