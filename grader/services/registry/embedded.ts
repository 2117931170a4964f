import type { EmbeddedService } from '../embedded.ts'
import { answersJson } from '../json-client.ts'
import { startReadyProgram } from '../ready-program.ts'

const START_WITHIN = 15_000

/** A schema registry of ours; what is registered is in the topic `_schemas` of the engine's broker. */
export const registry: EmbeddedService = {
  user: '',
  startWithin: START_WITHIN,
  async start(ctx) {
    const kafka = await ctx.peer('kafka')
    return startReadyProgram(ctx, {
      service: 'registry',
      script: 'grader/services/registry/server.ts',
      env: { BOOTSTRAP_SERVERS: `127.0.0.1:${kafka}` },
      version: "Schema registry (Confluent's REST interface, Avro)",
      startWithin: START_WITHIN,
    })
  },
  ping: ({ port }) => answersJson(port),
}
