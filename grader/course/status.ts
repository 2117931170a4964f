/** Where a learner stands in the whole course: plain data that the status command shows or prints as JSON. */
import type { KpiResult, Results } from '../results/types.ts'
import { chooseCurrent, lastEdit } from './current.ts'
import { labFiles } from './lab-files.ts'
import { loadLabs } from './labs.ts'
import { levelOf } from './levels.ts'
import { isPassed, nextKpi, pointsOf, readProgress, standings } from './progress.ts'
import { tryLoadStarter } from './starter.ts'
import type { FileState } from './tracking.ts'
import type { Lab } from './types.ts'

/** One KPI of a lab, as last seen. */
export interface KpiStatus {
  id: string
  claim: string
  points: number
  bonus: boolean
  /** `open`: never judged and waiting for nothing; `locked`: waits for the KPIs in `waitsFor`. */
  state: KpiResult['verdict'] | 'open' | 'locked' | 'needs-docker'
  waitsFor: string[]
  hintsShown: number
}

/** One lab. */
export interface LabStatus {
  id: string
  level: number
  folder: string
  title: string
  minutes: number
  state: 'new' | 'started' | 'passed'
  points: Results['totals']
  gradedAt: string | null
  /** True when an editable file was written after the last run. */
  editedSince: boolean
  kpis: KpiStatus[]
  /** Files worth a word: edited, older than the starter, missing, protected ones that were changed. */
  files: { path: string; role: 'edit' | 'protected'; state: FileState }[]
}

/** The whole course. */
export interface CourseStatus {
  labs: LabStatus[]
  /** Id of the lab being worked on. */
  current: string | null
  totals: { labs: number; passed: number; earned: number; points: number }
  /** The one next command, or null when everything is done. */
  next: string | null
}

/**
 * Reads manifests, progress and files of all labs.
 * @param note told when a damaged progress file was set aside
 * @throws CodedError as `loadLabs`
 */
export function courseStatus(root: string, note?: (text: string) => void): CourseStatus {
  const all = loadLabs(root)
  const labs = all.map(lab => labStatus(root, lab, note))
  const sum = (pick: (lab: LabStatus) => number): number => labs.reduce((total, lab) => total + pick(lab), 0)
  const passed = labs.filter(lab => lab.state === 'passed').length
  const current = all.length > 0 ? chooseCurrent(root, all) : undefined
  return {
    labs,
    current: current?.id ?? null,
    totals: { labs: labs.length, passed, earned: sum(lab => lab.points.earned), points: sum(lab => lab.points.points) },
    next: current && passed < labs.length ? nextAction(root, current, labs.find(lab => lab.id === current.id)!) : null,
  }
}

function labStatus(root: string, lab: Lab, note?: (text: string) => void): LabStatus {
  const progress = readProgress(root, lab.id, note)
  const edited = lastEdit(lab)
  const files = tryLoadStarter(lab) ? labFiles(root, lab, undefined, note) : []
  return {
    id: lab.id,
    level: levelOf(lab.id),
    folder: lab.folder,
    title: lab.title,
    minutes: lab.minutes,
    state: isPassed(lab, progress) ? 'passed' : progress.gradedAt || edited > 0 ? 'started' : 'new',
    points: pointsOf(lab, progress),
    gradedAt: progress.gradedAt ?? null,
    editedSince: progress.gradedAt !== undefined && edited > Date.parse(progress.gradedAt),
    kpis: standings(lab, progress).map(({ kpi, verdict, reason, waitsFor }) => ({
      id: kpi.id,
      claim: kpi.claim,
      points: kpi.points,
      bonus: kpi.bonus,
      state: verdict === undefined || verdict === 'not-run' ? unjudged(reason, waitsFor) : verdict,
      waitsFor,
      hintsShown: progress.hints[kpi.id] ?? 0,
    })),
    files: files.flatMap(({ path, role, state }) =>
      role === 'new' || state === 'new' || state === 'untouched' ? [] : [{ path, role, state }],
    ),
  }
}

const unjudged = (reason: KpiResult['reason'], waitsFor: string[]): KpiStatus['state'] =>
  reason === 'needs-docker' ? 'needs-docker' : waitsFor.length > 0 ? 'locked' : 'open'

function nextAction(root: string, lab: Lab, status: LabStatus): string {
  if (status.files.some(file => file.role === 'edit' && file.state === 'missing')) return `pnpm reset lab-${lab.id}`
  const kpi = nextKpi(lab, readProgress(root, lab.id))
  const failed = kpi && ['fail', 'timeout'].includes(status.kpis.find(({ id }) => id === kpi.id)!.state)
  return status.gradedAt && failed && !status.editedSince ? `pnpm hint lab-${lab.id} ${kpi.id}` : `pnpm grade lab-${lab.id}`
}
