/** Events and chapters as the page works with them. No DOM here: tests run it in Node. */

/** Fixed order of lanes: who judges, the learner's programs, the services, what breaks things. */
const SERVICES = ['postgres', 'valkey', 'kafka', 'registry', 'object-store', 'connect']

/** How an event looks: by its kind, its outcome and, for HTTP, its status. */
export function toneOf(kind, ok, detail) {
  if (kind === 'fault') return 'fault'
  if (kind === 'mark') return 'mark'
  if (kind === 'log') return detail?.stream === 'stderr' ? 'stderr' : 'log'
  const status = typeof detail?.status === 'number' ? detail.status : 0
  if (ok === false || status >= 500) return 'failed'
  if (status >= 400) return 'refused'
  return ok === true ? 'ok' : 'plain'
}

/** @returns {{results, events, lanes, chapters, from, to, notes}} times in milliseconds since the run's start */
export function decode(data) {
  const events = data.events.map(([kpi, lane, kind, at, until, label, ok, detail], index) => {
    const outcome = ok === null ? undefined : ok === 1
    const kindName = data.kinds[kind]
    const event = {
      index,
      kpi: data.kpis[kpi],
      lane: data.lanes[lane],
      kind: kindName,
      at,
      end: until ?? at,
      timed: until !== null,
      label,
      ok: outcome,
      detail,
    }
    event.tone = toneOf(kindName, outcome, detail)
    return event
  })
  const last = events.reduce((latest, event) => Math.max(latest, event.end), 0)
  const to = Math.max(1, events.length === 0 ? data.results.durationMs : last)
  return {
    results: data.results,
    events,
    lanes: orderLanes(data.lanes),
    chapters: chaptersOf(data.results, events),
    from: 0,
    to,
    notes: data.notes,
  }
}

/** 0 the grader, 1 its load, 2 the learner's programs, 3 services, 4 what breaks things, 5 logs. */
export function rankOf(lane) {
  if (lane === 'grader') return 0
  if (lane === 'load') return 1
  if (SERVICES.includes(lane)) return 3
  if (lane === 'nemesis' || lane === 'gate' || /\b(proxy|link)$/.test(lane)) return 4
  return lane === 'log' ? 5 : 2
}

export function orderLanes(lanes) {
  return [...lanes].sort((a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b, 'en', { numeric: true }))
}

/** What to look at first in a chapter: its first failed operation, the KPI as a whole only when nothing smaller failed. */
export function troubleIn(events, chapter) {
  const failed = events.filter(event => event.kpi === chapter.id && event.tone === 'failed')
  return failed.find(event => event.end - event.at < (chapter.to - chapter.from) * 0.9) ?? failed[0]
}

/** One a KPI, in the lab's order; `from` is null when it left no event. */
function chaptersOf(results, events) {
  const spans = new Map()
  for (const event of events) {
    const span = spans.get(event.kpi)
    if (!span) spans.set(event.kpi, { from: event.at, to: event.end, count: 1 })
    else {
      span.from = Math.min(span.from, event.at)
      span.to = Math.max(span.to, event.end)
      span.count += 1
    }
  }
  return results.kpis.map(kpi => ({ id: kpi.id, kpi, from: null, to: null, count: 0, ...spans.get(kpi.id) }))
}

/** Lower-case text that the search looks through; made on first use, kept. */
export function haystack(event) {
  event.text ??= `${event.label} ${event.lane} ${event.kpi} ${event.tone} ${event.detail ? JSON.stringify(event.detail) : ''}`.toLowerCase()
  return event.text
}

/** Every word of the query must occur. */
export function matches(event, words) {
  return words.every(word => haystack(event).includes(word))
}

/** Index of the first event (sorted by `at`) at or after a time. */
export function lowerBound(events, at) {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (events[middle].at < at) low = middle + 1
    else high = middle
  }
  return low
}

/** Stretches during which at least one fault was on: overlapping faults as one, so that their bands do not darken each other. */
export function faultBands(events) {
  const bands = []
  for (const { kind, at, end } of events) {
    if (kind !== 'fault') continue
    const last = bands.at(-1)
    if (last && at <= last.end) last.end = Math.max(last.end, end)
    else bands.push({ at, end })
  }
  return bands
}
