/** Paints one frame. Reads state, changes nothing but the canvas and the lanes' places. */
import { drawEvent } from './bars.js'
import { AXIS, BOTTOM, bar, clipped, HEAD, line, OVERVIEW, STRIP, timeAt, xOf } from './brush.js'
import { eachVisible, placeLanes } from './layout.js'
import { drawOverview } from './overview.js'
import { durationText, ticksOf, timeText } from './scale.js'

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

/** Places the lanes below the head, shifted by how far one has scrolled; returns the height that all of it needs. */
export function place(state) {
  return placeLanes(state.lanes, HEAD - state.scroll, state.height - HEAD - BOTTOM) + state.scroll + BOTTOM
}

export function draw(ctx, state) {
  const { width, height, colors, gutter } = state
  ctx.clearRect(0, 0, width, height)
  ctx.font = `11px ${state.font}`
  ctx.textBaseline = 'middle'
  drawLaneGround(ctx, state)
  inPlot(ctx, state, () => {
    drawGrid(ctx, state)
    drawFaultBands(ctx, state)
    drawMarkLines(ctx, state)
    for (const lane of state.lanes) if (lane.top < height && lane.top + lane.height > HEAD) drawLane(ctx, state, lane)
  })
  drawLaneNames(ctx, state)
  ctx.fillStyle = colors.panel
  ctx.fillRect(0, OVERVIEW, width, HEAD - OVERVIEW)
  inPlot(ctx, state, () => {
    drawAxis(ctx, state)
    drawChapters(ctx, state)
    drawCursor(ctx, state)
  })
  drawOverview(ctx, state)
  ctx.strokeStyle = colors.line
  line(ctx, gutter + 0.5, OVERVIEW, gutter + 0.5, height)
}

/** Paints right of the lane names only. */
function inPlot(ctx, { width, height, gutter }, paint) {
  ctx.save()
  ctx.beginPath()
  ctx.rect(gutter, OVERVIEW, width - gutter, height - OVERVIEW)
  ctx.clip()
  paint()
  ctx.restore()
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
  ctx.strokeStyle = state.colors.grid
  for (const tick of ticksOf(state.view, state.width - state.gutter).ticks) {
    const x = Math.round(xOf(state, tick)) + 0.5
    line(ctx, x, HEAD, x, state.height)
  }
}

function drawAxis(ctx, state) {
  const { step, ticks } = ticksOf(state.view, state.width - state.gutter)
  ctx.textAlign = 'center'
  ctx.strokeStyle = state.colors.grid
  ctx.fillStyle = state.colors.faint
  for (const tick of ticks) {
    const x = Math.round(xOf(state, tick)) + 0.5
    line(ctx, x, OVERVIEW + AXIS, x, HEAD)
    if (x > state.gutter + 16) ctx.fillText(timeText(tick, step), x, OVERVIEW + AXIS / 2)
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
  const text = durationText(Math.abs(b - a))
  const w = ctx.measureText(text).width + 14
  bar(ctx, (x0 + x1 - w) / 2, HEAD + 6, w, 18, 9)
  ctx.textAlign = 'center'
  ctx.fillStyle = state.colors.panel
  ctx.fillText(text, (x0 + x1) / 2, HEAD + 15.5)
}
