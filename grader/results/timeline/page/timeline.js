/** The page: state, input, and what each input changes. */
import { draw, gutterOf, place, readColors } from './draw.js'
import { buildLanes } from './layout.js'
import { decode, faultBands, matches, rankOf, troubleIn } from './model.js'
import { densityOf } from './overview.js'
import { fillChapters, fillDetails, fillHead, fillLegend, fillNear } from './panels.js'
import { listenToPointer } from './pointer.js'
import { around, clampView, panBy, zoomAt } from './scale.js'

export function start() {
  const byId = id => document.getElementById(id)
  const model = decode(JSON.parse(byId('data').textContent))
  const canvas = byId('canvas')
  const plot = byId('plot')
  const ctx = canvas.getContext('2d')
  const full = { from: model.from, to: model.to }
  const state = {
    model,
    full,
    view: clampView(full, { from: full.from - full.to, to: full.to * 2 }),
    lanes: [],
    bands: faultBands(model.events),
    // A program's own marks (started, ready) stay in its lane; the others concern all.
    marks: model.events.filter(event => event.kind === 'mark' && rankOf(event.lane) !== 2),
    density: densityOf(model, full),
    hidden: new Set(),
    words: [],
    dim: null,
    focus: null,
    selected: null,
    hovered: null,
    pointer: null,
    cursor: 0,
    measure: null,
    scroll: 0,
    colors: readColors(document.documentElement),
    font: getComputedStyle(document.body).fontFamily,
    gutter: 0,
    width: 0,
    height: 0,
  }

  let frame = 0
  const paint = () => {
    if (frame !== 0) return
    frame = requestAnimationFrame(() => {
      frame = 0
      draw(ctx, state)
    })
  }
  const resize = () => {
    const ratio = window.devicePixelRatio || 1
    state.width = plot.clientWidth
    state.gutter = gutterOf(state.width)
    state.height = plot.clientHeight
    byId('depth').style.height = `${Math.max(0, place(state) - state.height)}px`
    canvas.width = Math.round(state.width * ratio)
    canvas.height = Math.round(state.height * ratio)
    canvas.style.height = `${state.height}px`
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
    draw(ctx, state)
  }
  const relane = () => {
    state.lanes = buildLanes(model, state.focus ? event => event.kpi === state.focus : undefined)
    if (state.lanes.length === 0) state.lanes = buildLanes(model)
    resize()
  }

  // Jumps glide, so that one sees where one went; unless the reader asked for less motion.
  let gliding = 0
  const glideTo = target => {
    cancelAnimationFrame(gliding)
    const from = state.view
    const began = performance.now()
    const duration = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 220
    const step = () => {
      const share = duration === 0 ? 1 : Math.min(1, (performance.now() - began) / duration)
      const eased = 1 - (1 - share) ** 3
      state.view = { from: from.from + (target.from - from.from) * eased, to: from.to + (target.to - from.to) * eased }
      draw(ctx, state)
      if (share < 1) gliding = requestAnimationFrame(step)
    }
    step()
  }
  const setView = view => {
    cancelAnimationFrame(gliding)
    state.view = view
    paint()
  }

  const shown = event =>
    !state.hidden.has(event.tone) &&
    (state.words.length === 0 || matches(event, state.words)) &&
    (state.focus === null || event.kpi === state.focus)
  const near = () => fillNear(state, shown, event => select(event, { show: true }))
  const setCursor = at => {
    state.cursor = Math.min(Math.max(at, full.from), full.to)
    near()
    paint()
  }
  const select = (event, { show = false } = {}) => {
    state.selected = event
    fillDetails(event, model)
    if (event) state.cursor = event.at
    near()
    if (event && show && (event.at < state.view.from || event.at > state.view.to)) {
      const half = (state.view.to - state.view.from) / 2
      glideTo(clampView({ from: event.at - half, to: event.at + half }, full))
    } else paint()
  }

  const focusChapter = fillChapters(model, id => chapter(id === state.focus ? null : id))
  const chapter = id => {
    const found = model.chapters.find(candidate => candidate.id === id)
    state.focus = found ? id : null
    focusChapter(state.focus)
    relane()
    glideTo(
      found && found.from !== null
        ? around(found.from, found.to, full)
        : clampView({ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }, full),
    )
    const trouble = found && troubleIn(model.events, found)
    if (trouble) select(trouble)
    else setCursor(found?.from ?? full.from)
  }
  const stepChapter = by => {
    const withEvents = model.chapters.filter(candidate => candidate.from !== null)
    const at = withEvents.findIndex(candidate => candidate.id === state.focus)
    const next = withEvents[at === -1 ? (by > 0 ? 0 : withEvents.length - 1) : at + by]
    if (next) chapter(next.id)
  }
  const stepEvent = (by, wanted = shown) => {
    const list = model.events
    let i = state.selected ? state.selected.index + by : list.findIndex(event => event.at >= state.cursor)
    while (list[i] && !wanted(list[i])) i += by
    if (list[i]) select(list[i], { show: true })
  }

  const search = byId('search')
  const applySearch = () => {
    state.words = search.value
      .toLowerCase()
      .split(/\s+/)
      .filter(word => word !== '')
    const found = state.words.length === 0 ? null : model.events.filter(event => matches(event, state.words)).length
    state.dim = state.words.length === 0 ? null : event => !matches(event, state.words)
    byId('found').textContent = found === null ? '' : `${found.toLocaleString('en')} of ${model.events.length.toLocaleString('en')}`
    near()
    paint()
  }
  search.addEventListener('input', applySearch)
  search.addEventListener('keydown', event => {
    if (event.key === 'Enter') stepEvent(event.shiftKey ? -1 : 1)
  })
  fillLegend(model, tone => {
    if (!state.hidden.delete(tone)) state.hidden.add(tone)
    near()
    paint()
    return !state.hidden.has(tone)
  })

  const zoom = (
    factor,
    at = state.cursor >= state.view.from && state.cursor <= state.view.to ? state.cursor : (state.view.from + state.view.to) / 2,
  ) => setView(zoomAt(state.view, at, factor, full))
  byId('zoom-in').addEventListener('click', () => zoom(0.6))
  byId('zoom-out').addEventListener('click', () => zoom(1 / 0.6))
  byId('fit').addEventListener('click', () => chapter(null))
  byId('help-button').addEventListener('click', () => byId('help').showModal())

  listenToPointer({ canvas, tip: byId('tip'), state, paint, setView, glideTo, select, setCursor, zoom })

  const pan = share => setView(panBy(state.view, (state.view.to - state.view.from) * share, full))
  const sameLane = event => shown(event) && (!state.selected || event.lane === state.selected.lane)
  const keys = {
    '+': () => zoom(0.7),
    '=': () => zoom(0.7),
    '-': () => zoom(1 / 0.7),
    0: () => chapter(null),
    ArrowLeft: () => pan(-0.12),
    ArrowRight: () => pan(0.12),
    ',': () => stepEvent(-1, sameLane),
    '.': () => stepEvent(1, sameLane),
    '[': () => stepChapter(-1),
    ']': () => stepChapter(1),
    f: () => stepEvent(1, event => event.tone === 'failed' && shown(event)),
    '/': () => search.focus(),
    '?': () => byId('help').showModal(),
    Escape: () => {
      search.value = ''
      applySearch()
      select(null)
    },
  }
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || byId('help').open) return
    if (document.activeElement === search && event.key !== 'Escape') return
    const act = keys[event.key] ?? keys[event.key.toLowerCase()]
    if (!act) return
    event.preventDefault()
    search.blur()
    act()
  })

  new ResizeObserver(resize).observe(plot)
  // The canvas stays, head and axis with it; only the lanes move.
  plot.addEventListener('scroll', () => {
    state.scroll = plot.scrollTop
    place(state)
    paint()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    state.colors = readColors(document.documentElement)
    paint()
  })

  fillHead(model.results)
  fillDetails(null, model)
  relane()
  const first = model.chapters.find(entry => entry.from !== null && entry.kpi.verdict !== 'pass')
  if (first) {
    focusChapter(first.id)
    const trouble = troubleIn(model.events, first)
    if (trouble) select(trouble)
    else setCursor(first.from)
  } else setCursor(full.from)
  document.documentElement.dataset.ready = String(state.lanes.length)
  window.timeline = state
}
