/** What all painters share: places, and small shapes. */

export const OVERVIEW = 46
export const AXIS = 24
export const STRIP = 24
export const HEAD = OVERVIEW + AXIS + STRIP
export const BOTTOM = 8

export const xOf = (state, at) => state.gutter + ((at - state.view.from) / (state.view.to - state.view.from)) * (state.width - state.gutter)
export const timeAt = (state, x) =>
  state.view.from + ((x - state.gutter) / (state.width - state.gutter)) * (state.view.to - state.view.from)

export function line(ctx, x0, y0, x1, y1) {
  ctx.beginPath()
  ctx.moveTo(x0, y0)
  ctx.lineTo(x1, y1)
  ctx.stroke()
}

/** A bar; the narrowest ones without round corners. */
export function bar(ctx, x, y, w, h, radius) {
  if (w < 5) {
    ctx.fillRect(x, y, w, h)
    return
  }
  ctx.beginPath()
  ctx.roundRect(x, y, w, h, radius)
  ctx.fill()
}

/** Text cut to a width in pixels; nothing when less than two characters would be left. */
export function clipped(ctx, text, width) {
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
