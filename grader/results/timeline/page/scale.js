/** The visible stretch of time, and how times are written. No DOM here. */

/** Milliseconds: zooming in further shows nothing new. */
const MIN_SPAN = 0.05

/** Keeps a view inside the run (with a margin of 2 %) and wider than `MIN_SPAN`. */
export function clampView({ from, to }, full) {
  const margin = (full.to - full.from) * 0.02
  const least = full.from - margin
  const most = full.to + margin
  const span = Math.min(Math.max(to - from, MIN_SPAN), most - least)
  const start = Math.min(Math.max(from, least), most - span)
  return { from: start, to: start + span }
}

/** Zooms around a time that stays where it is. `factor` > 1 shows more. */
export function zoomAt(view, at, factor, full) {
  const span = Math.max(MIN_SPAN, (view.to - view.from) * factor)
  const share = (at - view.from) / (view.to - view.from)
  return clampView({ from: at - share * span, to: at + (1 - share) * span }, full)
}

export function panBy(view, ms, full) {
  return clampView({ from: view.from + ms, to: view.to + ms }, full)
}

/** A stretch with air on both sides. */
export function around(from, to, full, air = 0.06) {
  const pad = Math.max((to - from) * air, 0.5)
  return clampView({ from: from - pad, to: to + pad }, full)
}

/** Steps of 1, 2 or 5 × 10ⁿ ms, at least `least` pixels apart. */
export function ticksOf(view, pixels, least = 92) {
  const rough = ((view.to - view.from) / pixels) * least
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map(n => n * power).find(n => n >= rough)
  const ticks = []
  for (let i = Math.ceil(view.from / step); i * step <= view.to; i++) ticks.push(i * step)
  return { step, ticks }
}

/** A point in time as seconds, with the decimals that a step of `step` ms needs. */
export function timeText(ms, step = 1) {
  const decimals = Math.min(6, Math.max(0, 3 - Math.floor(Math.log10(step) + 1e-9)))
  return `${(Math.abs(ms) < 1e-9 ? 0 : ms / 1000).toFixed(decimals)} s`
}

/** "0.4 ms", "12 ms", "1.2 s" */
export function durationText(ms) {
  if (ms < 1) return `${Number(ms.toFixed(3))} ms`
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toFixed(ms < 10_000 ? 2 : 1))} s`
}
