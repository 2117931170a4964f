/** Results as a rate limiter lab gives them, for the tests of the views: every verdict and every reason once. */
import type { KpiResult, Results } from '../types.ts'

const SEED = 4127

/** A KPI result with the facts of the sample lab filled in. */
export function sampleKpi(kpi: Partial<KpiResult> & Pick<KpiResult, 'id' | 'claim' | 'verdict'>): KpiResult {
  const points = kpi.points ?? 2
  return {
    points,
    bonus: false,
    earned: kpi.verdict === 'pass' ? points : 0,
    durationMs: 412.5,
    replay: `pnpm grade lab-6.2 --kpi ${kpi.id} --seed ${SEED}`,
    ...kpi,
  }
}

/** Results around KPIs; totals and exit code follow from them. */
export function sampleResults(kpis: KpiResult[], changes: Partial<Results> = {}): Results {
  const sum = (of: KpiResult[], key: 'points' | 'earned'): number => of.reduce((total, kpi) => total + kpi[key], 0)
  const regular = kpis.filter(kpi => !kpi.bonus)
  const bonus = kpis.filter(kpi => kpi.bonus)
  const failed = kpis.find(kpi => kpi.verdict === 'fail' || kpi.verdict === 'timeout')
  return {
    version: 1,
    lab: '6.2',
    folder: '6.2-rate-limiter',
    title: 'Rate limiter',
    story: "One carrier's script must not take the API from everybody else.",
    engine: 'embedded',
    seed: SEED,
    source: 'learner',
    startedAt: '2026-07-31T08:15:30.125Z',
    durationMs: 3_842,
    kpis,
    totals: {
      earned: sum(regular, 'earned'),
      points: sum(regular, 'points'),
      bonusEarned: sum(bonus, 'earned'),
      bonusPoints: sum(bonus, 'points'),
    },
    unenforced: [],
    protectedChanged: [],
    environment: { node: '24.21.0', platform: 'linux x64', valkey: 'Valkey 9.0.1 (WebAssembly)' },
    evidence: '.millrace/runs/6.2/2026-07-31T08-15-30-125Z',
    exitCode: failed ? 1 : 0,
    next: failed ? `pnpm hint lab-6.2 ${failed.id}` : 'pnpm grade lab-6.3',
    ...changes,
  }
}

export const bucketRefills = sampleKpi({
  id: 'bucket-refills',
  claim: 'a token bucket gives back exactly rate × time',
  verdict: 'fail',
  feedback: {
    did: ['I drained the bucket (capacity 10, rate 5/s), let 400 ms of limiter time pass, and asked your node 3 times.'],
    expected: 'allow allow deny   (400 ms × 5/s = 2 tokens)',
    saw: 'allow deny deny   (replies 11–13 in timeline.html)',
    lookAt: 'src/token-bucket.lua:9: elapsed is cut to whole seconds?',
    details: ['smallest script that shows it: drain, wait 400 ms, ask, ask', 'server-1 stderr: (nothing)'],
  },
})

export const noRace = sampleKpi({
  id: 'no-race',
  claim: 'four nodes together never allow more than the limit',
  verdict: 'fail',
  points: 4,
  feedback: {
    did: [
      'I set a limit of 500 that never refills, started 4 nodes, and held the first reply until every node had read.',
      'I then sent 2,000 requests over all nodes at once.',
    ],
    subject: 'requests let through by 4 nodes together',
    expected: '500',
    saw: '503',
  },
})

/** Every verdict and reason, a bonus KPI, notes. */
export const mixed: Results = sampleResults(
  [
    sampleKpi({ id: 'bucket-burst', claim: 'a full bucket lets its capacity through at once, and no more', verdict: 'pass' }),
    bucketRefills,
    noRace,
    sampleKpi({
      id: 'fail-open',
      claim: 'with Redis down, requests of fail-open tenants go through within 100 ms',
      verdict: 'timeout',
      feedback: {
        did: ['I ended Redis with kill -9.', 'I sent 10 requests for tenant "acme" (fail-open).'],
        because: 'None of the 10 requests had an answer after 20 s. Does your client wait for a reconnect before it gives up?',
        details: ['server-1 stderr: Error: connect ECONNREFUSED 127.0.0.1:40213', 'server-1 stderr:     at TCPConnectWrap.afterConnect'],
      },
    }),
    sampleKpi({
      id: 'window-counter',
      claim: 'the sliding window counter is within 1 % of the log',
      verdict: 'not-run',
      reason: 'locked',
      waitsFor: ['bucket-refills', 'no-race'],
    }),
    sampleKpi({ id: 'redis-cluster', claim: 'all keys of a decision are in one slot', verdict: 'not-run', reason: 'needs-docker' }),
    sampleKpi({
      id: 'fast-enough',
      claim: 'at least half of the decisions per second of rate-limiter-flexible',
      verdict: 'inconclusive',
      points: 1,
      feedback: {
        did: ['I measured your limiter and the peer in turns, 5 times each.'],
        because: 'The ratio was 0.48 to 0.63 over 5 rounds: the bound of 0.5 is inside the spread.',
      },
    }),
    sampleKpi({
      id: 'survives-restart',
      claim: 'a restarted node goes on counting where it stopped',
      verdict: 'environment-error',
      feedback: { did: [], because: 'Valkey did not start: no space left on the device that holds /tmp.' },
    }),
    sampleKpi({
      id: 'limits-change',
      claim: "a tenant's new limit holds from the next request on",
      verdict: 'grader-error',
      feedback: { did: [], because: "TypeError: Cannot read properties of undefined (reading 'allowed')", code: 'MR-E-090' },
    }),
    sampleKpi({
      id: 'metrics',
      claim: '/metrics counts allowed and denied requests for each tenant',
      verdict: 'pass',
      points: 1,
      bonus: true,
    }),
    sampleKpi({ id: 'left-out', claim: 'not asked for', verdict: 'not-run', reason: 'filtered' }),
    sampleKpi({ id: 'ended', claim: 'ended before', verdict: 'not-run', reason: 'cancelled' }),
  ],
  {
    unenforced: ["a program's memory cannot be limited on macOS; it was only watched"],
    protectedChanged: ['src/server.ts'],
  },
)

/** Everything green. */
export const passed: Results = sampleResults(
  ['bucket-burst', 'bucket-refills', 'no-race', 'fail-open'].map(id => sampleKpi({ id, claim: `what ${id} says holds`, verdict: 'pass' })),
  { source: 'solution' },
)

/** The machine stopped every KPI for one reason. */
export const machineBroken: Results = sampleResults(
  ['bucket-burst', 'bucket-refills', 'no-race'].map(id =>
    sampleKpi({
      id,
      claim: `what ${id} says holds`,
      verdict: 'environment-error',
      feedback: { did: [], because: 'Valkey did not start within 10 s.' },
    }),
  ),
  { exitCode: 4, next: 'pnpm checkup' },
)

/** What a hostile or unlucky program puts into our output: escape sequences, markup, formulas, CJK, very long values. */
export const hostile: Results = sampleResults([
  sampleKpi({
    id: 'payload-kept',
    claim: '料金の上限を守る: ルール 🚚 <claim> & "quotes"',
    verdict: 'fail',
    feedback: {
      did: [
        '=HYPERLINK("http://example.invalid") was sent as tenant',
        'そして四つのノードを同時に起動し、千回の要求を送り、許可された要求の数を数えました。',
      ],
      expected: `${'x'.repeat(700)}RIGHT${'y'.repeat(700)}`,
      saw: `${'x'.repeat(700)}WRONG${'y'.repeat(700)}`,
      details: ['\u001b[2J\u001b[31mcleared?\u001b[0m\u0007', ']]></failure><evil/>', '%0A::error::forged', 'half a pair: \ud83d'],
    },
  }),
])
