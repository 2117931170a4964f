import { request } from 'node:http'
import type { EmbeddedService } from '../embedded.ts'
import { startReadyProgram } from '../ready-program.ts'

const START_WITHIN = 15_000

/** The object store that lab 8.7 builds, as a program of its own. */
export const objectStore: EmbeddedService = {
  user: 'millrace',
  startWithin: START_WITHIN,
  start: ctx =>
    startReadyProgram(ctx, {
      service: 'object-store',
      script: 'solutions/8.7-object-store/src/server.ts',
      env: {
        DATA_DIR: `${ctx.dir}/data`,
        ACCESS_KEY: ctx.user,
        SECRET_KEY: ctx.password,
        // Users live in its memory: the ones of running KPIs are there again from its first moment.
        USERS: JSON.stringify(ctx.setup.map(([user = '']) => JSON.parse(user))),
      },
      version: 'Object store of lab 8.7 (S3)',
      startWithin: START_WITHIN,
    }),
  ping: ({ port }) => answersS3(port),
}

/** A request without credentials is refused in S3's own words. */
export function answersS3(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const ask = request({ host: '127.0.0.1', port, path: '/' }, answer => {
      answer.resume()
      resolve(answer.statusCode === 403 && String(answer.headers['content-type']).includes('xml'))
    })
    ask.on('error', () => resolve(false))
    ask.end()
  })
}
