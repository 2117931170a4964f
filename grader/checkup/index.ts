/** All checks of `pnpm checkup`, in the order in which they are shown. */
import { tmpdir } from 'node:os'
import { loadLabs } from '../course/labs.ts'
import { CodedError } from '../errors/coded-error.ts'
import { loadImages } from '../images/manifest.ts'
import { checkContainers, checkImages } from './containers.ts'
import { checkDocker } from './docker.ts'
import type { Finding } from './finding.ts'
import { checkCaches, checkStrays, checkWorkspaces } from './leftovers.ts'
import { checkDisk, checkLimits, checkMemory, checkNode, checkOpenFiles, checkPlatform, checkPorts } from './machine.ts'
import { warmServices } from './warm.ts'

/**
 * Looks at this machine and at what earlier runs left.
 * @param options.fix end strays and remove workspaces of ended runs
 * @param options.warm also start each embedded service once, which prepares its ready-made data directory
 */
export async function checkup(
  root: string,
  options: { fix?: boolean; warm?: boolean; onProgress?: (text: string) => void } = {},
): Promise<Finding[]> {
  const { fix = false, warm = false, onProgress = () => {} } = options
  onProgress('asking docker')
  const docker = checkDocker()
  const ports = checkPorts()
  const findings = [
    checkNode(),
    ...checkPlatform(root),
    checkMemory(),
    ...checkDisk([
      { name: 'the repository', path: root },
      { name: 'temporary files', path: tmpdir() },
    ]),
    await ports,
    checkOpenFiles(),
    ...checkLimits(),
    ...checkCourse(root),
    ...(await docker),
  ]
  onProgress('looking for leftovers')
  findings.push(...checkStrays(fix), ...checkWorkspaces(root, fix), ...checkCaches(root))
  const engineAnswers = (await docker).some(({ id, level }) => id === 'docker' && level === 'ok')
  if (engineAnswers) findings.push(...(await checkEngine(root, fix)))
  if (warm) findings.push(...(await warmServices(onProgress)))
  return findings
}

async function checkEngine(root: string, fix: boolean): Promise<Finding[]> {
  try {
    return [...(await checkImages(loadImages(root))), ...(await checkContainers(fix))]
  } catch (error) {
    const fix = 'ask it yourself: docker ps; restart Docker when that hangs'
    return [{ id: 'docker', level: 'note', text: `the engine did not say what it has: ${(error as Error).message}`, fix }]
  }
}

function checkCourse(root: string): Finding[] {
  try {
    const labs = loadLabs(root)
    return [{ id: 'course', level: 'ok', text: `${labs.length} ${labs.length === 1 ? 'lab' : 'labs'}, all manifests readable` }]
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    return [{ id: 'course', level: 'problem', text: `${error.code} ${error.errorTitle} ${error.errorCause}`, fix: error.fix }]
  }
}
