/** The strip above: the whole run in small. */
import { line, OVERVIEW } from './brush.js'

/** The whole run in small: how much happened when, what failed, which stretch is shown below. */
export function drawOverview(ctx, state) {
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
