/** A rate limiter run as events: four nodes, bursts, clock steps, a held reply, a Redis outage, talkative programs. */
import type { TimelineEvent } from '../types.ts'

/** Mulberry32 (Tommy Ettinger, public domain): the same page for every run of a test. */
function randomOf(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Some 300 events over four seconds, in the order in which a grader writes them. */
export function sampleEvents(): TimelineEvent[] {
  const random = randomOf(4127)
  const events: TimelineEvent[] = []
  const add = (kpi: string, event: Omit<TimelineEvent, 'kpi'>): void => void events.push({ kpi, ...event })
  const ask = (kpi: string, node: number, at: number, took: number, status: number, extra: Record<string, unknown> = {}): void => {
    const label = status === 0 ? 'POST /check: no answer' : `POST /check → ${status} ${status === 429 ? 'deny' : 'allow'}`
    const ok = status !== 0 && status < 500
    add(kpi, {
      lane: `server-${node}`,
      kind: 'op',
      at,
      until: at + took,
      label,
      ok,
      detail: { status: status || 'none', tenant: 'acme', cost: 1, ...extra },
    })
  }
  const boot = (kpi: string, nodes: number, at: number): void => {
    add(kpi, { lane: 'grader', kind: 'op', at, until: at + 180, label: `start ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`, ok: true })
    for (let n = 1; n <= nodes; n++) {
      add(kpi, {
        lane: `server-${n}`,
        kind: 'log',
        at: at + 120 + n * 9,
        label: `listening on 127.0.0.1:${40_200 + n}`,
        detail: { stream: 'stdout' },
      })
      add(kpi, {
        lane: `server-${n}`,
        kind: 'log',
        at: at + 131 + n * 9,
        label: 'connected to Redis, 3 scripts loaded',
        detail: { stream: 'stdout' },
      })
    }
  }

  boot('bucket-burst', 1, 10)
  add('bucket-burst', { lane: 'grader', kind: 'mark', at: 205, label: 'bucket of 10 is full' })
  for (let i = 0; i < 14; i++) ask('bucket-burst', 1, 210 + i * 9, 4 + random() * 5, i < 10 ? 200 : 429, { reply: i + 1 })

  boot('bucket-refills', 1, 420)
  add('bucket-refills', {
    lane: 'nemesis',
    kind: 'fault',
    at: 600,
    until: 960,
    label: 'clock frozen',
    detail: { at: '2026-07-31T08:15:30.725Z' },
  })
  for (let i = 0; i < 10; i++) ask('bucket-refills', 1, 620 + i * 12, 5 + random() * 4, 200, { reply: i + 1 })
  add('bucket-refills', { lane: 'valkey', kind: 'mark', at: 760, label: 'clock +400 ms', detail: { advancedMs: 400 } })
  for (const [i, status] of [200, 429, 429].entries())
    ask('bucket-refills', 1, 800 + i * 40, 6 + random() * 3, status, { reply: 11 + i, expected: i < 2 ? 'allow' : 'deny' })
  add('bucket-refills', {
    lane: 'valkey',
    kind: 'op',
    at: 804,
    until: 805.2,
    label: 'EVALSHA token-bucket',
    ok: true,
    detail: { keys: ['mr7f3a:{acme}:bucket'] },
  })
  add('bucket-refills', {
    lane: 'grader',
    kind: 'op',
    at: 905,
    until: 906,
    label: 'expected allow allow deny, saw allow deny deny',
    ok: false,
  })

  boot('no-race', 4, 1_000)
  add('no-race', {
    lane: 'nemesis',
    kind: 'fault',
    at: 1_230,
    until: 1_452,
    label: 'first reply held until every node has read',
    detail: { gate: 'GET mr7f3a:{acme}:bucket', waitingFor: 4 },
  })
  for (let i = 0; i < 200; i++) {
    const at = 1_240 + Math.floor(i / 4) * 5.4 + random() * 6
    const held = at < 1_440 && i < 60
    ask('no-race', (i % 4) + 1, at, held ? 1_452 - at + random() * 14 : 3 + random() * 12, i < 53 ? 200 : 429, { request: i + 1 })
  }
  for (let n = 1; n <= 4; n++)
    add('no-race', { lane: 'valkey', kind: 'op', at: 1_242 + n * 3, until: 1_453 + n, label: `GET bucket (server-${n})`, ok: true })
  add('no-race', {
    lane: 'grader',
    kind: 'op',
    at: 1_560,
    until: 1_561,
    label: 'expected 50 let through, saw 53',
    ok: false,
    detail: { expected: 50, saw: 53 },
  })

  boot('fail-open', 2, 1_700)
  for (let i = 0; i < 30; i++) ask('fail-open', (i % 2) + 1, 1_900 + i * 12, 3 + random() * 4, 200)
  add('fail-open', {
    lane: 'nemesis',
    kind: 'fault',
    at: 2_200,
    until: 3_250,
    label: 'Redis killed (kill -9)',
    detail: { pid: 41_337, signal: 'SIGKILL' },
  })
  add('fail-open', { lane: 'valkey', kind: 'fault', at: 2_200, until: 3_250, label: 'down' })
  for (let i = 0; i < 10; i++)
    ask('fail-open', (i % 2) + 1, 2_260 + i * 60, i < 6 ? 900 - i * 40 : 400, i < 7 ? 0 : 503, {
      error: 'connect ECONNREFUSED 127.0.0.1:40213',
    })
  for (let i = 0; i < 18; i++)
    add('fail-open', {
      lane: `server-${(i % 2) + 1}`,
      kind: 'log',
      at: 2_210 + i * 55,
      label: '[ioredis] Unhandled error event: Error: connect ECONNREFUSED 127.0.0.1:40213',
      detail: { stream: 'stderr' },
    })
  add('fail-open', { lane: 'valkey', kind: 'log', at: 3_255, label: 'Ready to accept connections tcp' })
  for (let i = 0; i < 12; i++) ask('fail-open', (i % 2) + 1, 3_300 + i * 14, 3 + random() * 5, 200)

  boot('metrics', 1, 3_520)
  add('metrics', {
    lane: 'server-1',
    kind: 'log',
    at: 3_700,
    label: '</script><script>document.title = "broken out"</script><!-- \u001b[31mred\u001b[0m 料金 🚚',
    detail: { stream: 'stdout' },
  })
  add('metrics', {
    lane: 'server-1',
    kind: 'op',
    at: 3_710,
    until: 3_716,
    label: 'GET /metrics → 200',
    ok: true,
    detail: { status: 200, body: '# TYPE ratelimit_decisions_total counter\nratelimit_decisions_total{tenant="acme",outcome="allow"} 103' },
  })
  return events
}

/** Many events for the limits: `count` operations on eight lanes, a few percent failed, some logs and faults. */
export function manyEvents(count: number): TimelineEvent[] {
  const random = randomOf(7)
  return Array.from({ length: count }, (_, i): TimelineEvent => {
    const at = i * 0.2
    const base = { kpi: `kpi-${Math.floor((i * 6) / count) + 1}`, lane: `server-${(i % 8) + 1}`, at }
    if (i % 5_000 === 4_999) return { ...base, lane: 'nemesis', kind: 'fault', until: at + 200, label: `partition ${i}` }
    if (i % 20 === 0) return { ...base, kind: 'log', label: `log line ${i}` }
    return { ...base, kind: 'op', until: at + random() * 30, label: `PUT /item/${i}`, ok: random() > 0.03, detail: { request: i } }
  })
}
