/** Operations, faults, marks and log ticks. */
import { bar, clipped, line, xOf } from './brush.js'
import { eachVisible, LABEL_ROW, LOG_STRIP } from './layout.js'

export function drawEvent(ctx, state, lane, event, x0, x1, faded) {
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
    if (shown > 34 && lane.rowHeight >= LABEL_ROW - 2) barText(ctx, colors, event, left, y + lane.rowHeight / 2, shown)
  }
  ctx.globalAlpha = 1
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

/** Pixels from a mark to what stands before and after it in its row; before it none where another mark's label may be. */
function roomBeside(lane, mark, state) {
  let left = state.view.from
  let right = state.view.to
  eachVisible(lane, state.view.from, state.view.to, other => {
    if (other === mark || other.row !== mark.row) return
    if (other.at >= mark.at) right = Math.min(right, other.at)
    else left = Math.max(left, other.kind === 'mark' ? mark.at : Math.min(other.end, mark.at))
  })
  const x = xOf(state, mark.at)
  return [x - xOf(state, left) - 6, xOf(state, right) - x - 6]
}
