/** One container of an image, with its port 8080 published. */
import type { BuiltImage } from '../../../engines/docker/built-image.ts'
import { askDocker, type DockerAnswer, docker } from '../../../engines/docker/client.ts'
import { labelArgs } from '../../../engines/docker/marks.ts'

export interface Started {
  id: string
  /** Of 127.0.0.1; undefined when the container has ended already. */
  port: number | undefined
  exec(command: readonly string[]): Promise<DockerAnswer>
  /** Both streams. */
  logs(): Promise<string>
  /** As the engine sees it now. */
  state(): Promise<{ status: string; exitCode: number; health: string | undefined }>
  remove(): Promise<void>
}

/** Starts a container of an image. @throws DockerFailure when the engine refuses */
export async function start(image: BuiltImage, cleanup: (undo: () => unknown) => void): Promise<Started> {
  const id = await docker(['run', '--detach', ...labelArgs(image.labels), '--publish', '127.0.0.1::8080', image.tag])
  const remove = async () => void (await askDocker(['rm', '--force', '--volumes', id]))
  cleanup(remove)
  const mapped = await askDocker(['port', id, '8080/tcp'])
  return {
    id,
    port: Number(mapped.stdout.trim().split('\n')[0]?.split(':').at(-1)) || undefined,
    exec: command => askDocker(['exec', id, ...command]),
    async logs() {
      const { stdout, stderr } = await askDocker(['logs', id])
      return stdout + stderr
    },
    async state() {
      const [found] = JSON.parse(await docker(['inspect', '--type', 'container', id])) as {
        State: { Status: string; ExitCode: number; Health?: { Status: string } }
      }[]
      const { Status, ExitCode, Health } = found!.State
      return { status: Status, exitCode: ExitCode, health: Health?.Status }
    },
    remove,
  }
}
