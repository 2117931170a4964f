import { Ledger } from '../../experiments/ledger.ts'
import { did, eventually, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { arrived, judgeArrived } from './support/arrived.ts'
import { dueOf, ndjsonFile, readingsOf } from './support/readings.ts'
import { post, type Reply, Rig } from './support/rig.ts'

const MAX_PENDING = 100
const EACH = 7
const REQUESTS = 60
/** So many requests cannot be held within MAX_PENDING, and are refused while the broker is silent. */
const REFUSED = REQUESTS - Math.floor(MAX_PENDING / EACH)

kpi('http-429', async ({ learner, kafka, registry, scratch, random, cleanup }) => {
  const data = readingsOf(random, REQUESTS * EACH)
  const rig = await Rig.open({ learner, kafka, registry, scratch }, data.dataset)
  const program = await rig.start({ MAX_PENDING: String(MAX_PENDING) })
  const ledger = new Ledger()
  const rowsOf = (i: number) => data.rows.slice(i * EACH, (i + 1) * EACH)
  const send = async (i: number, id: string): Promise<Reply | undefined> => {
    const origins = rowsOf(i).map((_, n) => `${id}:${n + 1}`)
    for (const [n, row] of rowsOf(i).entries()) ledger.attempt(origins[n]!, { value: dueOf(row).reading! })
    const reply = await post(program, ndjsonFile(rowsOf(i)), { id }).catch(() => undefined)
    if (reply?.status === 200) for (const origin of origins) ledger.ack(origin)
    if (reply?.status === 429) for (const origin of origins) ledger.refuse(origin)
    return reply
  }

  await kafka.pause()
  cleanup(() => kafka.resume())
  did(`I stopped the broker (SIGSTOP) and posted ${REQUESTS} requests of ${EACH} readings at once; MAX_PENDING is ${MAX_PENDING}.`)
  const replies = new Map<number, Reply | undefined>()
  const all = Promise.all(Array.from({ length: REQUESTS }, async (_, i) => replies.set(i, await send(i, `try-1-${i}`))))
  const refusals = () => [...replies.values()].filter(reply => reply?.status === 429)
  await eventually(
    `at least ${REFUSED} of ${REQUESTS} requests are refused with 429 while the broker is silent`,
    () => {
      if (refusals().length >= REFUSED) return true
      const statuses = [...new Set([...replies.values()].map(reply => reply?.status ?? 'broken connection'))]
      return fail({
        saw: `${refusals().length} with 429, ${REQUESTS - replies.size} without an answer${statuses.length > 0 ? `; answers: ${statuses.join(', ')}` : ''}`,
      })
    },
    { within: 10_000 },
  )
  const early = [...replies.values()].find(reply => reply?.status !== 429)
  expect(early?.status ?? 'none', 'another answer than 429 while the broker is silent: nothing can have been acknowledged').toBe('none')
  const again = refusals()[0]!.headers.get('retry-after')
  if (!/^[1-9]\d*$/.test(again ?? ''))
    fail({ subject: 'Retry-After of a refused request', expected: 'whole seconds, from 1', saw: again ?? 'not there' })

  await kafka.resume()
  await all
  const other = [...replies.values()].find(reply => reply?.status !== 429 && reply?.status !== 200)
  did('I let the broker go on, and sent what was refused again until it was taken.')
  expect(
    other?.status ?? (other === undefined && [...replies.values()].includes(undefined) ? 'broken connection' : 'none'),
    'an answer that is neither 200 nor 429',
  ).toBe('none')
  for (const [i, reply] of [...replies]) {
    if (reply?.status !== 429) continue
    const second = await send(i, `try-2-${i}`)
    expect(second?.status ?? 'broken connection', 'answer to a refused request that is sent again, alone, while the broker answers').toBe(
      200,
    )
  }
  if (refusals().length === REQUESTS) inconclusive('Not one request was taken before the others were refused.')
  judgeArrived(ledger, await arrived({ kafka, registry }, rig))
})
