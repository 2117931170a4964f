/** Paints one frame. Reads state, changes nothing but the canvas and the lanes' places. */
import { eachVisible, LABEL_ROW, LOG_STRIP, placeLanes } from './layout.js'
import { durationText, ticksOf, timeText } from './scale.js'

export const OVERVIEW = 46
const AXIS = 24
const STRIP = 24
export const HEAD = OVERVIEW + AXIS + STRIP
const BOTTOM = 8

/** Colours of the style sheet, read again when the colour scheme changes. */
export function readColors(root) {
  const style = getComputedStyle(root)
  const names = [
    'bg',
    'panel',
    'ink',
    'soft',
    'faint',
    'line',
    'grid',
    'lane',
    'accent',
    'ok',
    'refused',
    'failed',
    'plain',
    'fault',
    'mark',
    'log',
    'stderr',
  ]
  const tints = ['pass-tint', 'fail-tint', 'other-tint', 'fault-tint', 'on-bar']
  return Object.fromEntries([...names, ...tints].map(name => [name, style.getPropertyValue(`--${name}`).trim()]))
}

/** Width of the lane names on the left. */
export const gutterOf = width => (width < 620 ? 78 : 116)

const xOf = (state, at) => state.gutter + ((at - state.view.from) / (state.view.to - state.view.from)) * (state.width - state.gutter)
export const timeAt = (state, x) =>
  state.view.from + ((x - state.gutter) / (state.width - state.gutter)) * (state.view.to - state.view.from)

/** The whole canvas. `room` is the height of the window onto it; the canvas grows when the lanes need more. */
export function heightOf(state, room) {
  return Math.max(room, placeLanes(state.lanes, HEAD, room - HEAD - BOTTOM) + BOTTOM)
}

export function draw(ctx, state) {
  const { width, height, colors, gutter } = state
  ctx.clearRect(0, 0, width, height)
  ctx.font = `11px ${state.font}`
  ctx.textBaseline = 'middle'
  drawLaneGround(ctx, state)
  ctx.save()
  ctx.beginPath()
  ctx.rect(gutter, OVERVIEW, width - gutter, height - OVERVIEW)
  ctx.clip()
  drawGrid(ctx, state)
  drawFaultBands(ctx, state)
  drawMarkLines(ctx, state)
  for (const lane of state.lanes) drawLane(ctx, state, lane)
  drawChapters(ctx, state)
  drawCursor(ctx, state)
  ctx.restore()
  drawLaneNames(ctx, state)
  drawOverview(ctx, state)
  ctx.strokeStyle = colors.line
  line(ctx, gutter + 0.5, OVERVIEW, gutter + 0.5, height)
}

function line(ctx, x0, y0, x1, y1) {
  ctx.beginPath()
  ctx.moveTo(x0, y0)
  ctx.lineTo(x1, y1)
  ctx.stroke()
}

function drawLaneGround(ctx, { lanes, width, colors }) {
  lanes.forEach((lane, i) => {
    if (i % 2 === 1) return
    ctx.fillStyle = colors.lane
    ctx.fillRect(0, lane.top, width, lane.height)
  })
}

function drawLaneNames(ctx, { lanes, colors, gutter }) {
  ctx.textAlign = 'right'
  ctx.fillStyle = colors.soft
  for (const lane of lanes) ctx.fillText(clipped(ctx, lane.name, gutter - 18), gutter - 10, lane.top + Math.min(lane.height / 2, 22))
}

function drawGrid(ctx, state) {
  const { view, width, height, colors, gutter } = state
  const { step, ticks } = ticksOf(view, width - gutter)
  ctx.textAlign = 'center'
  for (const tick of ticks) {
    const x = Math.round(xOf(state, tick)) + 0.5
    ctx.strokeStyle = colors.grid
    line(ctx, x, OVERVIEW + AXIS, x, height)
    ctx.fillStyle = colors.faint
    if (x > gutter + 16) ctx.fillText(timeText(tick, step), x, OVERVIEW + AXIS / 2)
  }
}

/** A fault is everybody's weather: its band crosses all lanes. */
function drawFaultBands(ctx, state) {
  const { height, colors } = state
  for (const fault of state.bands) {
    if (state.hidden.has('fault') || fault.end < state.view.from || fault.at > state.view.to) continue
    const x0 = xOf(state, fault.at)
    const x1 = Math.max(x0 + 1, xOf(state, fault.end))
    ctx.fillStyle = colors['fault-tint']
    ctx.fillRect(x0, HEAD, x1 - x0, height - HEAD)
    ctx.strokeStyle = colors.fault
    ctx.globalAlpha = 0.45
    line(ctx, x0 + 0.5, HEAD, x0 + 0.5, height)
    line(ctx, x1 - 0.5, HEAD, x1 - 0.5, height)
    ctx.globalAlpha = 1
  }
}

function drawMarkLines(ctx, state) {
  if (state.hidden.has('mark')) return
  ctx.strokeStyle = state.colors.mark
  ctx.globalAlpha = 0.35
  ctx.setLineDash([2, 4])
  for (const mark of state.marks) {
    const x = Math.round(xOf(state, mark.at)) + 0.5
    if (x >= state.gutter && x <= state.width) line(ctx, x, HEAD, x, state.height)
  }
  ctx.setLineDash([])
  ctx.globalAlpha = 1
}

/** Where bars are narrower than a pixel only the first and the worst of each pixel are painted: 50,000 cost what a screen's width costs. */
function drawLane(ctx, state, lane) {
  const painted = new Map()
  const { view, hidden } = state
  const late = []
  eachVisible(lane, view.from, view.to, event => {
    if (hidden.has(event.tone)) return
    const faded = state.dim?.(event) ?? false
    const x0 = xOf(state, event.at)
    const x1 = xOf(state, event.end)
    if (x1 - x0 < 1.5) {
      const key = Math.round(x0) * 32 + event.row * 2 + (faded ? 1 : 0)
      const before = painted.get(key)
      if (before === event.tone || before === 'failed') return
      painted.set(key, event.tone)
    }
    if (event === state.selected || event === state.hovered || event.tone === 'failed' || event.kind === 'mark')
      late.push([event, x0, x1, faded])
    else drawEvent(ctx, state, lane, event, x0, x1, faded)
  })
  for (const [event, x0, x1, faded] of late) drawEvent(ctx, state, lane, event, x0, x1, faded)
}

function drawEvent(ctx, state, lane, event, x0, x1, faded) {
  const { colors } = state
  const color = colors[event.tone]
  ctx.globalAlpha = faded ? 0.13 : 1
  ctx.fillStyle = color
  const chosen = event === state.selected || event === state.hovered
  if (event.kind === 'log') {
    const y = lane.logTop + 2
    ctx.fillRect(Math.round(x0) - (chosen ? 1 : 0), y, chosen ? 4 : 2, LOG_STRIP - 4)
    if (chosen) ring(ctx, colors, x0 - 3, y - 2, 8, LOG_STRIP)
  } else if (event.kind === 'mark') {
    drawMark(ctx, state, lane, event, x0, chosen)
  } else {
    const y = lane.rowsTop + event.row * lane.rowHeight
    const inset = event.tone === 'failed' ? 0.5 : lane.rowHeight < 10 ? 1 : 1.5
    const h = lane.rowHeight - 1 - 2 * inset
    const w = Math.max(event.timed ? 2.5 : 4, x1 - x0)
    const left = Math.max(x0, state.gutter - 8)
    const shown = Math.min(x0 + w, state.width + 8) - left
    bar(ctx, left, y + inset, shown, h, Math.min(3, h / 2, w / 2))
    if (event.kind === 'fault') hatch(ctx, colors, left, y + inset, shown, h)
    if (chosen) ring(ctx, colors, left - 1.5, y + inset - 1.5, shown + 3, h + 3)
    if (shown > 34 && lane.rowHeight >= LABEL_ROW - 1) barText(ctx, colors, event, left, y + lane.rowHeight / 2, shown)
  }
  ctx.globalAlpha = 1
}

function bar(ctx, x, y, w, h, radius) {
  if (w < 5) {
    ctx.fillRect(x, y, w, h)
    return
  }
  ctx.beginPath()
  ctx.roundRect(x, y, w, h, radius)
  ctx.fill()
}

function ring(ctx, colors, x, y, w, h) {
  ctx.strokeStyle = colors.ink
  ctx.lineWidth = 1.5
  ctx.beginPath()
  ctx.roundRect(x, y, w, h, 4)
  ctx.stroke()
  ctx.lineWidth = 1
}

function hatch(ctx, colors, x, y, w, h) {
  ctx.save()
  ctx.beginPath()
  ctx.rect(x, y, w, h)
  ctx.clip()
  ctx.strokeStyle = colors['on-bar']
  ctx.globalAlpha *= 0.22
  for (let i = x - h - ((x - h) % 7); i < x + w; i += 7) line(ctx, i, y + h, i + h, y)
  ctx.restore()
}

function barText(ctx, colors, event, x, y, w) {
  const text = clipped(ctx, event.label, w - 10)
  if (text.length < 2) return
  ctx.fillStyle = colors['on-bar']
  ctx.textAlign = 'left'
  ctx.fillText(text, x + 5, y)
}

function drawMark(ctx, state, lane, event, x, chosen) {
  const { colors } = state
  const y = lane.rowsTop + Math.max(0, event.row) * lane.rowHeight + lane.rowHeight / 2
  const r = Math.min(5, lane.rowHeight / 2)
  ctx.beginPath()
  ctx.moveTo(x, y - r)
  ctx.lineTo(x + r, y)
  ctx.lineTo(x, y + r)
  ctx.lineTo(x - r, y)
  ctx.fill()
  if (chosen) ring(ctx, colors, x - r - 2, y - r - 2, 2 * r + 4, 2 * r + 4)
  ctx.textAlign = 'left'
  ctx.fillStyle = colors.soft
  const gap = r + 5
  const [before, after] = roomBeside(lane, event, state)
  const wanted = ctx.measureText(event.label).width
  if (after - gap >= wanted || after >= before) {
    if (after > 30) ctx.fillText(clipped(ctx, event.label, after - gap), x + gap, y)
  } else if (before > 30) {
    ctx.textAlign = 'right'
    ctx.fillText(clipped(ctx, event.label, before - gap), x - gap, y)
  }
}

/** Pixels from a mark to what stands before and after it in its row. */
function roomBeside(lane, mark, state) {
  let left = state.view.from
  let right = state.view.to
  eachVisible(lane, state.view.from, state.view.to, other => {
    if (other === mark || other.row !== mark.row) return
    if (other.at >= mark.at) right = Math.min(right, other.at)
    else left = Math.max(left, Math.min(other.end, mark.at))
  })
  const x = xOf(state, mark.at)
  return [x - xOf(state, left) - 6, xOf(state, right) - x - 6]
}

function drawChapters(ctx, state) {
  const { colors } = state
  const y = OVERVIEW + AXIS
  ctx.textAlign = 'left'
  for (const chapter of state.model.chapters) {
    if (chapter.from === null || chapter.to < state.view.from || chapter.from > state.view.to) continue
    const x0 = xOf(state, chapter.from)
    const x1 = Math.max(x0 + 3, xOf(state, chapter.to))
    const { verdict } = chapter.kpi
    const bad = verdict === 'fail' || verdict === 'timeout'
    ctx.fillStyle = verdict === 'pass' ? colors['pass-tint'] : bad ? colors['fail-tint'] : colors['other-tint']
    ctx.fillRect(x0, y, x1 - x0, STRIP)
    ctx.fillStyle = verdict === 'pass' ? colors.ok : bad ? colors.failed : verdict === 'not-run' ? colors.log : colors.refused
    ctx.fillRect(x0, y + STRIP - 2, x1 - x0, chapter.id === state.focus ? 3 : 2)
    const left = Math.max(x0, state.gutter)
    const text = clipped(ctx, chapter.id, Math.min(x1, state.width) - left - 12)
    ctx.fillStyle = chapter.id === state.focus ? colors.ink : colors.soft
    if (text.length > 1) ctx.fillText(text, left + 7, y + STRIP / 2 - 1)
  }
}

function drawCursor(ctx, state) {
  const { colors, height } = state
  if (state.measure) drawMeasure(ctx, state)
  const x = Math.round(xOf(state, state.cursor)) + 0.5
  ctx.strokeStyle = colors.accent
  line(ctx, x, OVERVIEW, x, height)
  if (state.pointer !== null) {
    const px = Math.round(state.pointer) + 0.5
    ctx.strokeStyle = colors.faint
    ctx.globalAlpha = 0.6
    line(ctx, px, OVERVIEW + AXIS, px, height)
    ctx.globalAlpha = 1
    if (Math.abs(px - x) > 64)
      flag(ctx, state, px, timeText(timeAt(state, state.pointer), (state.view.to - state.view.from) / 1000), colors.soft)
  }
  flag(ctx, state, x, timeText(state.cursor, (state.view.to - state.view.from) / 1000), colors.accent)
}

function flag(ctx, state, x, text, color) {
  if (x < state.gutter - 1 || x > state.width) return
  const w = ctx.measureText(text).width + 10
  const left = Math.min(Math.max(x - w / 2, state.gutter), state.width - w)
  ctx.fillStyle = color
  bar(ctx, left, OVERVIEW + 4, w, 16, 4)
  ctx.fillStyle = state.colors.panel
  ctx.textAlign = 'left'
  ctx.fillText(text, left + 5, OVERVIEW + 12.5)
}

function drawMeasure(ctx, state) {
  const [a, b] = state.measure
  const x0 = xOf(state, Math.min(a, b))
  const x1 = xOf(state, Math.max(a, b))
  ctx.fillStyle = state.colors.accent
  ctx.globalAlpha = 0.14
  ctx.fillRect(x0, HEAD, x1 - x0, state.height - HEAD)
  ctx.globalAlpha = 1
  ctx.textAlign = 'center'
  ctx.fillText(durationText(Math.abs(b - a)), (x0 + x1) / 2, HEAD + 12)
}

/** The whole run in small: how much happened when, what failed, which stretch is shown below. */
function drawOverview(ctx, state) {
  const { width, colors, gutter, full } = state
  const span = full.to - full.from
  const scale = (width - gutter) / (span * 1.04)
  const x = at => gutter + (at - full.from + span * 0.02) * scale
  ctx.fillStyle = colors.bg
  ctx.fillRect(0, 0, width, OVERVIEW)
  for (const fault of state.bands) {
    ctx.fillStyle = colors['fault-tint']
    ctx.fillRect(x(fault.at), 0, Math.max(1, (fault.end - fault.at) * scale), OVERVIEW)
  }
  const { bins, most } = state.density
  const wide = (width - gutter) / 1.04 / bins.length
  bins.forEach((bin, i) => {
    let y = OVERVIEW - 5
    const left = x(full.from + (i / bins.length) * span)
    for (const [tone, count] of bin) {
      const h = count === 0 ? 0 : Math.max(1, Math.sqrt(count / most) * (OVERVIEW - 16))
      ctx.fillStyle = colors[tone]
      ctx.globalAlpha = 0.75
      ctx.fillRect(left, y - h, Math.max(1, wide - 0.5), h)
      y -= h
    }
  })
  ctx.globalAlpha = 1
  const x0 = Math.max(gutter, x(state.view.from))
  const x1 = Math.min(width, x(state.view.to))
  ctx.fillStyle = colors.bg
  ctx.globalAlpha = 0.62
  ctx.fillRect(gutter, 0, x0 - gutter, OVERVIEW)
  ctx.fillRect(x1, 0, width - x1, OVERVIEW)
  ctx.globalAlpha = 1
  ctx.strokeStyle = colors.accent
  ctx.strokeRect(x0 + 0.5, 1.5, Math.max(2, x1 - x0 - 1), OVERVIEW - 3)
  ctx.strokeStyle = colors.line
  line(ctx, 0, OVERVIEW + 0.5, width, OVERVIEW + 0.5)
  ctx.fillStyle = colors.faint
  ctx.textAlign = 'right'
  ctx.fillText('whole run', gutter - 10, OVERVIEW / 2)
}

/** Time under a point of the overview. */
export function overviewTime(state, x) {
  const span = state.full.to - state.full.from
  return state.full.from - span * 0.02 + ((x - state.gutter) / (state.width - state.gutter)) * span * 1.04
}

/** How many operations of each tone fall into each of `count` slices of the run. */
export function densityOf(model, full, count = 240) {
  const bins = Array.from(
    { length: count },
    () =>
      new Map([
        ['ok', 0],
        ['plain', 0],
        ['refused', 0],
        ['failed', 0],
      ]),
  )
  let most = 1
  for (const event of model.events) {
    if (event.kind !== 'op') continue
    const bin = bins[Math.min(count - 1, Math.floor(((event.at - full.from) / (full.to - full.from)) * count))]
    const n = bin.get(event.tone) + 1
    bin.set(event.tone, n)
    most = Math.max(most, n)
  }
  return { bins, most }
}

function clipped(ctx, text, width) {
  if (width <= 0) return ''
  const short = text.length > 200 ? text.slice(0, 200) : text
  if (ctx.measureText(short).width <= width) return short
  let low = 0
  let high = short.length
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (ctx.measureText(`${short.slice(0, middle)}…`).width <= width) low = middle
    else high = middle - 1
  }
  return low < 2 ? '' : `${short.slice(0, low).trimEnd()}…`
}
