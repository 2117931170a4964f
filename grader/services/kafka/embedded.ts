import { connect } from 'node:net'
import type { EmbeddedService } from '../embedded.ts'
import { startReadyProgram } from '../ready-program.ts'

/** Milliseconds; recovery after a kill -9 reads the log from its last checkpoint. */
const START_WITHIN = 15_000

/**
 * Tests do not wait for a dead consumer as long as production does, and few internal partitions start faster. Nothing is fsynced: the data
 * dies with the run, and what was written survives a kill -9 of the process anyway.
 */
const SETTINGS = {
  GROUP_MIN_SESSION_TIMEOUT_MS: '500',
  OFFSETS_TOPIC_NUM_PARTITIONS: '4',
  TRANSACTION_STATE_LOG_NUM_PARTITIONS: '4',
  FSYNC: 'never',
  MAX_CONNECTIONS: '1000',
}

/** The broker that lab 8.3 builds, as a program of its own. */
export const kafka: EmbeddedService = {
  user: '',
  startWithin: START_WITHIN,
  start: ctx =>
    startReadyProgram(ctx, {
      service: 'kafka',
      script: 'solutions/8.3-kafka-lite/src/server.ts',
      env: { ...SETTINGS, DATA_DIR: `${ctx.dir}/log` },
      version: 'Kafka-lite (protocol of Kafka 4.3)',
      startWithin: START_WITHIN,
    }),
  ping: ({ port }) => answersApiVersions(port),
}

/** ApiVersions v0 (key 18): size, key, version, correlation id 7, client id null; the answer begins with its size and correlation id. */
function answersApiVersions(port: number): Promise<boolean> {
  const request = Buffer.from('0000000a001200000000' + '0007' + 'ffff', 'hex')
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    let answer = Buffer.alloc(0)
    socket.on('data', data => {
      answer = Buffer.concat([answer, data])
      if (answer.length >= 10) socket.destroy()
    })
    socket.on('error', () => {})
    // Correlation id, then error code 0.
    socket.on('close', () => resolve(answer.length >= 10 && answer.readInt32BE(4) === 7 && answer.readInt16BE(8) === 0))
  })
}
