/** Mouse, pen and touch on the canvas: hover, select, pan, zoom, measure. */
import { HEAD, OVERVIEW, timeAt } from './brush.js'
import { hitTest } from './layout.js'
import { overviewTime } from './overview.js'
import { printable, TONES } from './panels.js'
import { clampView, durationText, panBy, timeText, zoomAt } from './scale.js'

export function listenToPointer({ canvas, tip, state, paint, setView, glideTo, select, setCursor, zoom }) {
  canvas.addEventListener(
    'wheel',
    event => {
      if (event.offsetX < state.gutter) return
      event.preventDefault()
      const unit = event.deltaMode === 1 ? 16 : 1
      const perPixel = (state.view.to - state.view.from) / (state.width - state.gutter)
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey)
        setView(panBy(state.view, (event.deltaX || event.deltaY) * unit * perPixel, state.full))
      else
        setView(
          zoomAt(
            state.view,
            timeAt(state, event.offsetX),
            Math.exp(Math.max(-240, Math.min(240, event.deltaY * unit)) * 0.0022),
            state.full,
          ),
        )
    },
    { passive: false },
  )

  let drag = null
  const hover = event => {
    const slack = (5 * (state.view.to - state.view.from)) / (state.width - state.gutter)
    const over =
      event.offsetX < state.gutter || event.offsetY < HEAD ? null : hitTest(state.lanes, event.offsetY, timeAt(state, event.offsetX), slack)
    state.hovered = over && !state.hidden.has(over.tone) ? over : null
    state.pointer = event.offsetX >= state.gutter && event.offsetY > OVERVIEW ? event.offsetX : null
    tip.hidden = state.hovered === null
    if (state.hovered) showTip(tip, state.hovered, event)
    paint()
  }
  canvas.addEventListener('pointerdown', event => {
    if (event.button !== 0) return
    canvas.setPointerCapture(event.pointerId)
    const at = timeAt(state, event.offsetX)
    const kind = event.offsetY < OVERVIEW ? 'overview' : event.shiftKey ? 'measure' : 'pan'
    drag = { kind, x: event.offsetX, view: state.view, at, moved: false }
    if (kind === 'overview') moveOverview(event.offsetX)
  })
  const moveOverview = x => {
    const half = (state.view.to - state.view.from) / 2
    const at = overviewTime(state, x)
    setView(clampView({ from: at - half, to: at + half }, state.full))
  }
  canvas.addEventListener('pointermove', event => {
    if (!drag) {
      hover(event)
      return
    }
    if (Math.abs(event.offsetX - drag.x) > 3) drag.moved = true
    if (drag.kind === 'overview') moveOverview(event.offsetX)
    else if (drag.kind === 'measure') {
      state.measure = [drag.at, timeAt(state, event.offsetX)]
      paint()
    } else if (drag.moved) {
      tip.hidden = true
      canvas.classList.add('dragging')
      const perPixel = (drag.view.to - drag.view.from) / (state.width - state.gutter)
      setView(panBy(drag.view, (drag.x - event.offsetX) * perPixel, state.full))
    }
  })
  canvas.addEventListener('pointerup', event => {
    const ended = drag
    drag = null
    canvas.classList.remove('dragging')
    if (!ended) return
    if (ended.kind === 'measure' && state.measure) {
      const [a, b] = state.measure
      state.measure = null
      if (ended.moved) glideTo(clampView({ from: Math.min(a, b), to: Math.max(a, b) }, state.full))
    } else if (!ended.moved && ended.kind === 'pan') {
      hover(event)
      if (state.hovered) select(state.hovered)
      else if (event.offsetX >= state.gutter) setCursor(timeAt(state, event.offsetX))
    }
  })
  canvas.addEventListener('pointercancel', () => {
    drag = null
    state.measure = null
    canvas.classList.remove('dragging')
    paint()
  })
  canvas.addEventListener('pointerleave', () => {
    state.hovered = null
    state.pointer = null
    tip.hidden = true
    paint()
  })
  canvas.addEventListener('dblclick', event => zoom(0.4, timeAt(state, event.offsetX)))
}

function showTip(tip, event, pointer) {
  const b = document.createElement('b')
  b.textContent = printable(event.label)
  const span = document.createElement('span')
  const took = event.timed && event.end > event.at ? `, took ${durationText(event.end - event.at)}` : ''
  span.textContent = `${event.lane}, ${TONES[event.tone]}, at ${timeText(event.at, 0.1)}${took}`
  tip.replaceChildren(b, span)
  const box = tip.getBoundingClientRect()
  tip.style.left = `${Math.min(pointer.clientX + 14, window.innerWidth - box.width - 10)}px`
  tip.style.top = `${pointer.clientY + 18 + box.height > window.innerHeight ? pointer.clientY - box.height - 12 : pointer.clientY + 18}px`
}
