/** The receiver's side of the scheduler's promise: an attempt that was overtaken changes nothing, a step that was done is not done again. */
import type { IncomingMessage } from 'node:http'
import { say } from './environment.ts'
import { type Answer, jsonBody } from './http.ts'

interface Asked {
  job: string
  token: number
  step: number
}

const newest = new Map<string, number>()
const done = new Map<string, unknown>()

/** Does what a job asks for unless its token is old (409) or its step was done, which is answered as the first time. */
export async function fenced(request: IncomingMessage, work: () => Promise<unknown>): Promise<Answer> {
  const { job, token, step } = await jsonBody<Asked>(request)
  if (token < (newest.get(job) ?? 0)) return { status: 409, body: { error: `token ${token} of ${job} is old` } }
  newest.set(job, token)
  const key = `${job} ${step}`
  if (!done.has(key)) {
    done.set(key, await work())
    say('job', { job, step, token, result: done.get(key) })
  }
  return { status: 200, body: done.get(key) }
}
