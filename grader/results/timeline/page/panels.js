/** What is not the canvas: heading, KPIs with their feedback, legend, table near the cursor, details. Text goes in as text, never as markup. */
import { lowerBound } from './model.js'
import { durationText, timeText } from './scale.js'

/** An element with attributes, properties (`on…`, `className`, `text`) and children. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag)
  for (const [key, value] of Object.entries(props)) {
    if (key === 'text') node.textContent = value
    else if (key.startsWith('on')) node.addEventListener(key.slice(2), value)
    else if (key === 'className') node.className = value
    else node.setAttribute(key, value)
  }
  node.append(...children.filter(child => child !== null))
  return node
}

const SYMBOLS = { pass: '✓', fail: '✗', timeout: '✗', inconclusive: '?', 'environment-error': '!', 'grader-error': '!', 'not-run': '·' }
const VERDICTS = {
  fail: 'failed',
  timeout: 'timed out',
  inconclusive: 'undecided',
  'environment-error': 'this machine',
  'grader-error': 'our bug',
}
export const TONES = {
  ok: 'ok',
  refused: 'refused',
  failed: 'failed',
  plain: 'no outcome',
  fault: 'fault',
  mark: 'mark',
  log: 'log',
  stderr: 'stderr',
}

export function swatch(tone) {
  const node = el('span', { className: `swatch ${tone}` })
  node.style.setProperty('--tone', `var(--${tone})`)
  return node
}

export function fillHead(results) {
  document.getElementById('title').textContent = `Lab ${results.lab}  ${results.title}`
  document.getElementById('story').textContent = results.story ?? ''
  const { earned, points, bonusEarned, bonusPoints } = results.totals
  const bonus = bonusPoints > 0 ? ` + ${bonusEarned} of ${bonusPoints} bonus` : ''
  const facts = [
    ['points', `${earned} of ${points}${bonus}`, 'score'],
    ['took', durationText(results.durationMs)],
    ['engine', results.engine],
    ['seed', String(results.seed)],
    ['judged', results.source],
    ['started', results.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')],
  ]
  const rows = facts.map(([term, text, className = '']) => el('div', { className }, el('dt', { text: term }), el('dd', { text })))
  document.getElementById('facts').append(...rows)
}

/** The KPI list; `onChoose(id)` when one is clicked. Returns a function that shows which one is in focus. */
export function fillChapters(model, onChoose) {
  const nodes = model.chapters.map(chapter => {
    const { kpi } = chapter
    const locked = kpi.reason === 'locked'
    const button = el(
      'button',
      { type: 'button', onclick: () => onChoose(chapter.id) },
      el('span', { className: 'symbol', text: locked ? '○' : SYMBOLS[kpi.verdict] }),
      el('span', { className: 'id', text: kpi.id }),
      el('span', { className: 'points', text: `${kpi.bonus ? '+' : ''}${kpi.points} ${kpi.points === 1 ? 'pt' : 'pts'}` }),
      el('span', { className: 'claim', text: kpi.verdict === 'not-run' ? notRun(kpi) : kpi.claim }),
    )
    const body = kpi.verdict === 'pass' || kpi.verdict === 'not-run' ? null : feedbackOf(kpi)
    if (body) body.hidden = true
    return { id: chapter.id, button, body, node: el('div', { className: `chapter ${kpi.verdict}` }, button, body) }
  })
  const notes = [
    ...model.notes,
    ...model.results.unenforced.map(text => `Not enforced on this platform: ${text}`),
    ...model.results.protectedChanged.map(file => `${file} was changed; the original was judged.`),
  ]
  const footer = notes.length > 0 ? el('div', { className: 'notes' }, ...notes.map(text => el('p', { text }))) : null
  document.getElementById('chapters').append(...nodes.map(entry => entry.node), ...(footer ? [footer] : []))
  return focus => {
    for (const { id, button, body, node } of nodes) {
      const open = id === focus
      button.setAttribute('aria-current', String(open))
      if (body) body.hidden = !open
      if (open) node.scrollIntoView({ block: 'nearest' })
    }
  }
}

function notRun(kpi) {
  if (kpi.reason === 'locked')
    return `locked until ${(kpi.waitsFor ?? []).join(', ')} ${(kpi.waitsFor ?? []).length === 1 ? 'passes' : 'pass'}`
  return { 'needs-docker': 'needs docker', cancelled: 'not run: the run was ended' }[kpi.reason] ?? 'not run: left out'
}

function feedbackOf(kpi) {
  const { did = [], subject, expected, saw, because, lookAt, details = [], code } = kpi.feedback ?? {}
  const rows = [
    ['judged', subject, ''],
    ['expected', expected, 'value'],
    ['seen', saw, 'value seen'],
    [VERDICTS[kpi.verdict], because, ''],
    ['look at', lookAt, ''],
    ['code', code, ''],
  ].filter(([, value]) => value !== undefined)
  const copy = el('button', { type: 'button', className: 'copy', text: 'Copy replay command', title: kpi.replay })
  copy.addEventListener('click', () => copyText(copy, kpi.replay))
  return el(
    'div',
    { className: 'feedback' },
    ...did.map(text => el('p', { text })),
    el('dl', {}, ...rows.flatMap(([term, text, className]) => [el('dt', { text: term }), el('dd', { text, className })])),
    details.length > 0 ? el('pre', { text: details.join('\n') }) : null,
    copy,
  )
}

async function copyText(button, text) {
  try {
    await navigator.clipboard.writeText(text)
    button.textContent = 'Copied'
  } catch {
    button.textContent = text
  }
}

/** Legend and filter in one: each kind of event that occurs, with its count. */
export function fillLegend(model, onToggle) {
  const counts = new Map()
  for (const event of model.events) counts.set(event.tone, (counts.get(event.tone) ?? 0) + 1)
  const buttons = Object.keys(TONES)
    .filter(tone => counts.has(tone))
    .map(tone => {
      const button = el(
        'button',
        { type: 'button', 'aria-pressed': 'true', title: `Show or hide: ${TONES[tone]}` },
        swatch(tone),
        TONES[tone],
        el('small', { text: counts.get(tone).toLocaleString('en') }),
      )
      button.addEventListener('click', () => button.setAttribute('aria-pressed', String(onToggle(tone))))
      return button
    })
  document.getElementById('legend').append(...buttons)
}

/** The events on both sides of the cursor that pass the filter. */
export function fillNear(state, shown, onSelect) {
  const { events } = state.model
  const middle = lowerBound(events, state.cursor)
  const before = []
  for (let i = middle - 1; i >= 0 && before.length < 40; i--) if (shown(events[i])) before.unshift(events[i])
  const after = []
  for (let i = middle; i < events.length && after.length < 60; i++) if (shown(events[i])) after.push(events[i])
  const rows = [...before, ...after].map(event => {
    const took = event.timed && event.end > event.at ? durationText(event.end - event.at) : ''
    const away = event.at - state.cursor
    const row = el(
      'tr',
      { className: event === after[0] ? 'cursor' : '', onclick: () => onSelect(event) },
      el('td', { className: 'num', text: timeText(event.at, 0.1) }),
      el('td', { className: 'num soft', text: `${away < 0 ? '−' : '+'}${durationText(Math.abs(away))}` }),
      el('td', { className: 'soft', text: event.lane }),
      el('td', {}, swatch(event.tone), printable(event.label)),
      el('td', { className: 'num soft', text: took }),
    )
    if (event === state.selected) row.setAttribute('aria-selected', 'true')
    return row
  })
  const body = document.getElementById('near')
  body.replaceChildren(...rows)
  const anchor = body.querySelector('[aria-selected]') ?? body.querySelector('.cursor') ?? body.lastElementChild
  if (anchor) {
    const box = body.closest('.near')
    box.scrollTop = anchor.offsetTop - box.clientHeight / 2
  }
}

export function fillDetails(event, model) {
  const box = document.getElementById('details')
  if (!event) {
    box.replaceChildren(
      el('p', {
        className: 'empty',
        text:
          model.events.length === 0
            ? 'This run left no events: nothing was started.'
            : 'Select an event to see all that is known about it.',
      }),
    )
    return
  }
  const badge = el('span', { className: 'badge', text: TONES[event.tone] })
  badge.style.setProperty('--tone', `var(--${event.tone})`)
  const rows = [
    ['outcome', badge],
    ['lane', event.lane],
    ['KPI', event.kpi],
    ['at', timeText(event.at, 0.001)],
    ...(event.timed ? [['until', `${timeText(event.end, 0.001)}  (${durationText(event.end - event.at)})`]] : []),
  ]
  const facts = Object.entries(event.detail ?? {}).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value, null, 1),
  ])
  box.replaceChildren(
    el('h2', { text: printable(event.label) }),
    el(
      'dl',
      {},
      ...rows.flatMap(([term, value]) => [
        el('dt', { text: term }),
        typeof value === 'string' ? el('dd', { text: value }) : el('dd', {}, value),
      ]),
    ),
    el(
      'dl',
      {},
      ...facts.flatMap(([term, value]) => [el('dt', { text: term }), el('dd', { className: 'value', text: printable(value ?? '') })]),
    ),
  )
}

/** Colour codes and other control characters of a program's log made visible or dropped. */
export function printable(text) {
  return text
    .replace(ESCAPES, '')
    .replace(/(?!\n|\t)\p{Cc}/gu, char => (char < ' ' ? String.fromCharCode(0x2400 + char.charCodeAt(0)) : '\ufffd'))
}

/** Colour codes: ESC [ numbers letter. */
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g')
