/** Where each event stands: lanes under each other, rows inside a lane for what overlaps. No DOM here. */
import { lowerBound } from './model.js'

const MAX_ROWS = 8
export const LOG_STRIP = 11
const LANE_GAP = 9
const LANE_HEAD = 5

/** Puts each event into the first row that is free at its start; with all eight taken, into the one that gets free first. */
export function packRows(events) {
  const ends = []
  for (const event of events) {
    if (event.kind === 'log') {
      event.row = -1
      continue
    }
    let row = ends.findIndex(end => end <= event.at)
    if (row === -1) row = ends.length < MAX_ROWS ? ends.length : ends.indexOf(Math.min(...ends))
    ends[row] = event.timed && event.end > event.at ? event.end : event.at + 0.001
    event.row = row
  }
  return ends.length
}

/** Lanes with their events, rows and (for culling) the latest end so far. */
export function buildLanes(model, keep = () => true) {
  return model.lanes
    .map(name => {
      const events = model.events.filter(event => event.lane === name && keep(event))
      const rows = packRows(events)
      let latest = 0
      const reach = Float64Array.from(events, event => (latest = Math.max(latest, event.end)))
      return { name, events, rows, reach, logs: events.some(event => event.kind === 'log') }
    })
    .filter(lane => lane.events.length > 0)
}

/** Rows of at least this height can carry a label. */
export const LABEL_ROW = 15

/**
 * Gives each lane its top and height. Lanes of one or two rows always get rows that carry labels; the crowded ones share what is left,
 * from 7 to 18 pixels a row; what remains makes the calm ones taller. Returns the bottom.
 */
export function placeLanes(lanes, top, room) {
  const fixedOf = lane => LANE_HEAD + LANE_GAP - 3 + (lane.logs ? LOG_STRIP : 0)
  const crowded = lanes.filter(lane => lane.rows > 2)
  const calm = lanes.filter(lane => lane.rows <= 2)
  const fixed = lanes.reduce((sum, lane) => sum + fixedOf(lane), 0)
  const rowsOf = some => some.reduce((sum, lane) => sum + lane.rows, 0)
  const share = (height, rows, least, most) => Math.max(least, Math.min(most, Math.floor(height / Math.max(1, rows))))
  const crowdedRow = share(room - fixed - rowsOf(calm) * LABEL_ROW, rowsOf(crowded), 7, 18)
  const calmRow = share(room - fixed - rowsOf(crowded) * crowdedRow, rowsOf(calm), LABEL_ROW, 26)
  let y = top
  for (const lane of lanes) {
    lane.top = y
    lane.rowHeight = lane.rows > 2 ? crowdedRow : calmRow
    lane.rowsTop = y + LANE_HEAD
    lane.logTop = lane.rowsTop + lane.rows * lane.rowHeight
    lane.height = Math.max(26, lane.rows * lane.rowHeight + fixedOf(lane))
    y += lane.height
  }
  return y
}

/** Events of a lane that touch [from, to], in order. `visit` gets each. */
export function eachVisible(lane, from, to, visit) {
  const { events, reach } = lane
  let start = lowerBound(events, from)
  while (start > 0 && reach[start - 1] >= from) start--
  for (let i = start; i < events.length && events[i].at <= to; i++) if (events[i].end >= from) visit(events[i])
}

/** The event under a point: its row must fit, its time be within `slack` ms; the nearest wins, marks and short ones first. */
export function hitTest(lanes, y, at, slack) {
  const lane = lanes.find(candidate => y >= candidate.top && y < candidate.top + candidate.height)
  if (!lane) return null
  const inLogs = lane.logs && y >= lane.logTop
  const row = Math.floor((y - lane.rowsTop) / lane.rowHeight)
  let best = null
  let least = Number.POSITIVE_INFINITY
  eachVisible(lane, at - slack, at + slack, event => {
    if ((event.kind === 'log') !== inLogs || (!inLogs && event.row !== row && event.kind !== 'mark')) return
    const outside = at < event.at ? event.at - at : at > event.end ? at - event.end : 0
    const distance = outside + (event.end - event.at) * 1e-6
    if (distance < least) [best, least] = [event, distance]
  })
  return best
}
