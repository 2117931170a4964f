/** Node, platform, memory, disk, loopback, open files. Each check takes its facts as arguments, so that a test can be any machine. */
import { execFileSync } from 'node:child_process'
import { statfsSync } from 'node:fs'
import { createServer } from 'node:net'
import { arch, availableParallelism, release } from 'node:os'
import { enforcesDataLimit, unenforcedLimits } from '../learner/platform.ts'
import { bytes, type Finding } from './finding.ts'

/** Node 24 runs the .ts files as they are. */
export function checkNode(version: string = process.version): Finding {
  const major = Number(/^v?(\d+)/.exec(version)?.[1])
  if (major >= 24) return { id: 'node', level: 'ok', text: `Node ${version}` }
  return {
    id: 'node',
    level: 'problem',
    text: `Node ${version} is too old: 24 is needed`,
    fix: 'start commands by pnpm (npx --yes pnpm checkup): it uses the Node 24 that the repository installs',
  }
}

/** Linux, WSL2 and macOS are graded; what one of them cannot hold a program to is said. */
export function checkPlatform(root: string, platform: string = process.platform, kernel: string = release()): Finding[] {
  if (platform !== 'linux' && platform !== 'darwin') {
    return [
      {
        id: 'platform',
        level: 'problem',
        text: `${platform} is not supported`,
        fix: 'on Windows install WSL2 (wsl --install) and clone the repository inside it',
      },
    ]
  }
  const wsl = /microsoft/i.test(kernel)
  const text = `${platform === 'darwin' ? 'macOS' : wsl ? 'Linux under WSL2' : 'Linux'} ${arch()}, ${availableParallelism()} CPUs`
  const findings: Finding[] = [{ id: 'platform', level: 'ok', text }]
  if (wsl && /^\/mnt\/[a-z]\//i.test(root)) {
    findings.push({
      id: 'wsl-disk',
      level: 'note',
      text: 'the repository lies on a Windows disk: saves are noticed late and files are slow',
      fix: 'clone it below your Linux home instead, e.g. ~/millrace',
    })
  }
  return findings
}

/** Limits that this platform does not enforce; the same sentences stand in each result. */
export function checkLimits(): Finding[] {
  const limits = unenforcedLimits()
  if (limits.length === 0)
    return [{ id: 'limits', level: 'ok', text: `programs are held to their limits${enforcesDataLimit() ? ' by the kernel' : ''}` }]
  return limits.map(text => ({ id: 'limits', level: 'note', text: `not enforced on this platform: ${text}` }))
}

/** Services and programs together need about 1 GB. */
export function checkMemory(available: number = process.availableMemory(), constrained: number = process.constrainedMemory()): Finding {
  const limit = constrained > 0 && constrained < 2 ** 50 ? `, limit ${bytes(constrained)}` : ''
  const text = `${bytes(available)} of memory available${limit}`
  const fix = 'close other programs; in a container or WSL2 raise the limit (.wslconfig: memory=4GB)'
  if (available < 0.7e9) return { id: 'memory', level: 'problem', text: `only ${text}; 1 GB is needed`, fix }
  if (available < 1.5e9) return { id: 'memory', level: 'note', text: `${text}; larger labs may run out`, fix }
  return { id: 'memory', level: 'ok', text }
}

/** Free space at the places we write to. */
export function checkDisk(places: readonly { name: string; path: string }[], freeAt: (path: string) => number = freeBytes): Finding[] {
  const seen = places.map(place => ({ ...place, free: freeAt(place.path) }))
  const low = seen.filter(place => place.free < 3e9)
  if (low.length === 0) return [{ id: 'disk', level: 'ok', text: `disk: ${bytes(Math.min(...seen.map(place => place.free)))} free` }]
  return low.map(({ name, path, free }) => ({
    id: 'disk',
    level: free < 0.5e9 ? 'problem' : 'note',
    text: `${bytes(free)} free for ${name} (${path})`,
    fix: 'make room; evidence of old runs is in .millrace/runs, docker system prune frees unused images',
  }))
}

function freeBytes(path: string): number {
  const stats = statfsSync(path)
  return stats.bavail * stats.bsize
}

/** Programs and services meet on 127.0.0.1, on ports that the system gives. */
export async function checkPorts(listen: () => Promise<number> = listenOnce): Promise<Finding> {
  try {
    const port = await listen()
    return { id: 'ports', level: 'ok', text: `free ports on 127.0.0.1 (the system gave ${port})` }
  } catch (error) {
    return {
      id: 'ports',
      level: 'problem',
      text: `no port on 127.0.0.1 can be opened: ${(error as Error).message}`,
      fix: 'look at the firewall or sandbox in which this shell runs',
    }
  }
}

function listenOnce(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

/** Chat and load labs hold thousands of sockets. */
export function checkOpenFiles(limit: () => string = () => execFileSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'utf8' })): Finding {
  const text = limit().trim()
  const count = text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text)
  if (count >= 4096) return { id: 'open-files', level: 'ok', text: `open files: ${text}` }
  return {
    id: 'open-files',
    level: 'note',
    text: `a process may open only ${text} files; labs with many sockets scale down`,
    fix: 'ulimit -n 65536 in the shell that you grade from',
  }
}
