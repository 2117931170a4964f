/** Run inside the page by browser.test.ts: each stands alone, Playwright sends its text. */

/** How many different colours a lane shows: what was painted, not what was meant to be. */
export async function colorsInLane(name) {
  const { lanes, gutter, width } = window.timeline
  const lane = lanes.find(candidate => candidate.name === name)
  const plot = document.getElementById('plot')
  plot.scrollTop += lane.top - 94
  await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  const ratio = window.devicePixelRatio
  const copy = document.createElement('canvas')
  const source = document.querySelector('#canvas')
  copy.width = source.width
  copy.height = source.height
  const ctx = copy.getContext('2d', { willReadFrequently: true })
  ctx.drawImage(source, 0, 0)
  const { data } = ctx.getImageData((gutter + 4) * ratio, lane.top * ratio, (width - gutter - 4) * ratio, lane.height * ratio)
  const colors = new Set()
  for (let i = 0; i < data.length; i += 4) colors.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2])
  return colors.size
}

/** Where the last event of a lane is on the canvas; scrolls it into sight. */
export async function placeOfLast(name) {
  const { lanes } = window.timeline
  const lane = lanes.find(candidate => candidate.name === name)
  const plot = document.getElementById('plot')
  plot.scrollTop = lane.top
  await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  const { view, gutter, width } = window.timeline
  const event = lane.events.at(-1)
  const at = (event.at + event.end) / 2
  return {
    x: gutter + ((at - view.from) / (view.to - view.from)) * (width - gutter),
    y: lane.rowsTop + (event.row + 0.5) * lane.rowHeight,
    label: event.label,
  }
}

/** How many shapes one frame paints after a key. */
export async function shapesAfter(key) {
  const proto = CanvasRenderingContext2D.prototype
  const { fillRect, fill } = proto
  let count = 0
  proto.fillRect = function (...args) {
    count += 1
    return fillRect.apply(this, args)
  }
  proto.fill = function (...args) {
    count += 1
    return fill.apply(this, args)
  }
  document.dispatchEvent(new KeyboardEvent('keydown', { key }))
  await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  Object.assign(proto, { fillRect, fill })
  return count
}

export const pageWidth = () => document.documentElement.scrollWidth
