/** Holds a lab's manifest to its folders: tests, mutants, golden files, solution, starter. For authors and the gate; grading does not wait for it. */
import { basename, join } from 'node:path'
import { CodedError } from '../errors/coded-error.ts'
import { nearest } from '../ui/nearest.ts'
import { foldersWithoutManifest, idOf, type LabReading, labFolders, readLab } from './labs.ts'
import { isHandedIn } from './learner-files.ts'
import { mutantNames, readMutant, readSolution } from './overlay.ts'
import type { Problem } from './problem.ts'
import { type FileContent, listFiles, lstatOf, readPlainFile } from './safe-read.ts'
import { readLabFolder, type Starter, starterDifferences, tryLoadStarter } from './starter.ts'
import type { Lab } from './types.ts'

/**
 * Every mistake of every lab: manifests (those in labs/, not the sealed ones), folders and seals.
 * @throws CodedError for what cannot even be read (links, damaged seals)
 */
export function courseProblems(root: string): Problem[] {
  const bare = foldersWithoutManifest(root).map(
    (folder): Problem => ({
      file: `labs/${folder}/lab.yaml`,
      line: 1,
      column: 1,
      message: 'missing: every folder named like a lab is one',
    }),
  )
  return [...bare, ...labFolders(root).flatMap(folder => labProblems(root, folder))]
}

/** Every mistake of one lab, as `courseProblems`. */
export function labProblems(root: string, folder: string): Problem[] {
  const read = readLab(root, folder, 'folder')
  return read.lab ? [...folderProblems(read.lab, read.locate), ...sealProblems(root, folder)] : read.problems
}

type Find = (path: readonly PropertyKey[], message: string) => void

function folderProblems(lab: Lab, locate: LabReading['locate']): Problem[] {
  const problems: Problem[] = []
  const manifest: Find = (path, message) => problems.push({ file: `labs/${lab.folder}/lab.yaml`, ...locate(path), message })
  const other = (file: string, message: string): void => void problems.push({ file, line: 1, column: 1, message })
  checkTests(lab, manifest, other)
  checkMutants(lab, manifest, other)
  const starter = readLabFolder(lab)
  for (const [n, path] of lab.edit.entries()) {
    if (starter.has(path)) continue
    const right = nearest(path, [...starter.keys()])
    manifest(['edit', n], `labs/${lab.folder}/${path} does not exist${right ? `: did you mean ${right}?` : ''}`)
  }
  checkOverlays(lab, starter, other)
  return problems
}

function checkTests(lab: Lab, manifest: Find, other: (file: string, message: string) => void): void {
  const ids = lab.kpis.map(kpi => kpi.id)
  const tests = (lstatOf(lab.testDir) ? listFiles(lab.testDir, '', lab.id, { recursive: false }) : []).filter(name =>
    name.endsWith('.test.ts'),
  )
  for (const [n, id] of ids.entries()) {
    if (tests.includes(`${id}.test.ts`)) continue
    const stray = tests.map(test => basename(test, '.test.ts')).filter(test => !ids.includes(test))
    const right = nearest(id, stray)
    manifest(['kpis', n, 'id'], `"${id}" has no test grader/labs/${lab.folder}/${id}.test.ts${right ? `: is it ${right}.test.ts?` : ''}`)
  }
  for (const test of tests) {
    if (!ids.includes(basename(test, '.test.ts'))) other(`grader/labs/${lab.folder}/${test}`, 'no KPI of lab.yaml has this name')
  }
}

function checkMutants(lab: Lab, manifest: Find, other: (file: string, message: string) => void): void {
  const folders = mutantNames(lab)
  const named = new Set(lab.kpis.flatMap(kpi => kpi.mutants))
  for (const [n, kpi] of lab.kpis.entries()) {
    if (kpi.mutants.length === 0)
      manifest(['kpis', n, 'id'], `"${kpi.id}" names no mutant: a KPI must catch at least one realistic mistake`)
    for (const [m, name] of kpi.mutants.entries()) {
      if (folders.includes(name)) continue
      const right = nearest(name, folders)
      manifest(
        ['kpis', n, 'mutants', m],
        `solutions/${lab.folder}/mutants/${name}/ does not exist${right ? `: did you mean ${right}?` : ''}`,
      )
    }
  }
  for (const name of folders) if (!named.has(name)) other(`solutions/${lab.folder}/mutants/${name}`, 'no KPI of lab.yaml names this mutant')
}

/** A solution or mutant may only touch what a learner may: the editable files, and new files in their folders. */
function checkOverlays(lab: Lab, starter: ReadonlyMap<string, FileContent>, other: (file: string, message: string) => void): void {
  const base = `solutions/${lab.folder}`
  if (!lstatOf(lab.solutionDir)) {
    other(base, 'the lab has no solution')
    return
  }
  if (!readPlainFile(lab.solutionDir, 'NOTES.md', lab.id))
    other(`${base}/NOTES.md`, 'missing: why the solution is so, what was rejected, what it simplifies')
  const solution = readSolution(lab)
  const reach = (path: string): boolean => lab.edit.includes(path) || (!starter.has(path) && isHandedIn(lab, path))
  const judge = (from: string, files: ReadonlyMap<string, FileContent>): void => {
    for (const path of files.keys())
      if (!reach(path))
        other(
          `${from}/${path}`,
          'a learner could not make this change: the file is neither in edit nor new in the folder of an editable file',
        )
  }
  judge(base, solution)
  for (const [path, file] of solution)
    if (starter.get(path)?.content.equals(file.content))
      other(`${base}/${path}`, 'the same as in the starter: an overlay holds only what differs')
  const solved = new Map([...starter, ...solution])
  for (const name of new Set(lab.kpis.flatMap(kpi => kpi.mutants))) {
    const from = `${base}/mutants/${name}`
    if (!lstatOf(join(lab.solutionDir, 'mutants', name))) continue
    try {
      judge(from, readMutant(lab, name, solved))
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      other(from, error.errorTitle)
    }
  }
}

/** labs/ and the sealed starters agree: a check for authors and CI, not for a clone in which a learner works. */
export function sealProblems(root: string, folder: string): Problem[] {
  const { lab } = readLab(root, folder, 'folder')
  if (!lab) return []
  const file = `grader/labs/${folder}/starter.json`
  const starter: Starter | undefined = tryLoadStarter(lab)
  if (!starter) return [{ file, line: 1, column: 1, message: `missing: run pnpm millrace seal ${idOf(folder)}` }]
  return starterDifferences(lab, starter).map(({ path, change }) => ({
    file: `labs/${folder}/${path}`,
    line: 1,
    column: 1,
    message: `${change} since the starter was sealed: run pnpm millrace seal ${idOf(folder)} (or bring the file back: pnpm reset ${idOf(folder)} ${path})`,
  }))
}
