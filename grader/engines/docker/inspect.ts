/** Containers as the engine sees them. */
import { docker } from './client.ts'

/** The facts that KPIs and the driver read; `raw` is all of `docker inspect`. */
export interface Container {
  id: string
  name: string
  service: string
  /** created, running, paused, restarting, exited, dead */
  state: string
  exitCode: number
  oomKilled: boolean
  /** Of the main process, on the engine's host; 0 when it does not run. */
  pid: number
  /** starting, healthy or unhealthy; undefined without a healthcheck. */
  health: string | undefined
  /** What the healthcheck said last. */
  healthLog: string
  restartPolicy: string
  restarts: number
  imageId: string
  networks: { name: string; aliases: string[]; address: string }[]
  raw: Inspected
}

interface Inspected {
  Id: string
  Name: string
  Image: string
  RestartCount: number
  State: {
    Status: string
    StartedAt: string
    ExitCode: number
    OOMKilled: boolean
    Pid: number
    Health?: { Status: string; Log?: { Output: string }[] | null }
  }
  Config: { Labels: Record<string, string>; Env: string[]; User: string; Cmd: string[] | null; Entrypoint: string[] | null }
  HostConfig: { RestartPolicy: { Name: string }; Memory: number; ReadonlyRootfs: boolean; NetworkMode: string }
  Mounts: { Type: string; Name?: string; Source: string; Destination: string; RW: boolean }[]
  NetworkSettings: {
    Networks: Record<string, { Aliases: string[] | null; IPAddress: string }>
    Ports: Record<string, { HostIp: string; HostPort: string }[] | null>
  }
}

/** All containers of a compose project, also those that ended. Throws DockerFailure. */
export async function readContainers(project: string): Promise<Container[]> {
  const ids = await docker(['ps', '--all', '--quiet', '--no-trunc', '--filter', `label=com.docker.compose.project=${project}`])
  // The engine lists the newest first, which is whichever started last: by service, so that two looks tell the same story.
  return ids
    ? (await inspectContainers(ids.split('\n'))).sort((a, b) => a.service.localeCompare(b.service) || a.name.localeCompare(b.name))
    : []
}

/** Inspect containers by id. Throws DockerFailure when one is gone. */
export async function inspectContainers(ids: readonly string[]): Promise<Container[]> {
  const found = JSON.parse(await docker(['inspect', '--type', 'container', ...ids])) as Inspected[]
  return found.map(raw => ({
    id: raw.Id,
    name: raw.Name.replace(/^\//, ''),
    service: raw.Config.Labels['com.docker.compose.service'] ?? '',
    state: raw.State.Status,
    exitCode: raw.State.ExitCode,
    oomKilled: raw.State.OOMKilled,
    pid: raw.State.Pid,
    health: raw.State.Health && raw.State.Health.Status !== 'none' ? raw.State.Health.Status : undefined,
    healthLog: raw.State.Health?.Log?.at(-1)?.Output.trim().slice(0, 500) ?? '',
    restartPolicy: raw.HostConfig.RestartPolicy.Name,
    restarts: raw.RestartCount,
    imageId: raw.Image,
    networks: Object.entries(raw.NetworkSettings.Networks).map(([name, network]) => ({
      name,
      // The engine adds the container's own id as an alias.
      aliases: (network.Aliases ?? []).filter(alias => !raw.Id.startsWith(alias)),
      address: network.IPAddress,
    })),
    raw,
  }))
}
