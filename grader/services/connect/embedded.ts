import type { EmbeddedService } from '../embedded.ts'
import { answersJson } from '../json-client.ts'
import { startReadyProgram } from '../ready-program.ts'

const START_WITHIN = 15_000

/** A Connect worker of ours; configurations and offsets are in topics of the engine's broker. */
export const connect: EmbeddedService = {
  user: '',
  startWithin: START_WITHIN,
  async start(ctx) {
    const kafka = await ctx.peer('kafka')
    return startReadyProgram(ctx, {
      service: 'connect',
      script: 'grader/services/connect/server.ts',
      env: { BOOTSTRAP_SERVERS: `127.0.0.1:${kafka}` },
      version: "Connect worker (Kafka Connect's REST interface; PostgreSQL source, JDBC sink)",
      startWithin: START_WITHIN,
    })
  },
  ping: ({ port }) => answersJson(port),
}
