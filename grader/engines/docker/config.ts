/** The resolved project, as `docker compose config --format json` writes it: the part that we read. */

type Text = string | number | boolean | null

export interface BuildConfig {
  context?: string
  dockerfile?: string
  network?: string
  privileged?: boolean
  entitlements?: string[]
  ssh?: unknown
  isolation?: string
  additional_contexts?: Record<string, string>
  tags?: string[]
  cache_from?: string[]
  cache_to?: string[]
}

export interface MountConfig {
  type: string
  source?: string
  target: string
  read_only?: boolean
}

export interface PortConfig {
  target: number
  published?: string
  host_ip?: string
  protocol?: string
}

/** A service. Every further key that compose knows is there too. */
export interface ServiceConfig {
  image?: string
  build?: BuildConfig
  container_name?: string
  privileged?: boolean
  network_mode?: string
  pid?: string
  ipc?: string
  uts?: string
  userns_mode?: string
  cgroup?: string
  cgroup_parent?: string
  cap_add?: string[]
  devices?: unknown[]
  device_cgroup_rules?: string[]
  gpus?: unknown
  security_opt?: string[]
  sysctls?: Record<string, Text>
  volumes?: MountConfig[]
  volumes_from?: string[]
  external_links?: string[]
  ports?: PortConfig[]
  environment?: Record<string, string | null>
  runtime?: string
  credential_spec?: unknown
  use_api_socket?: boolean
  provider?: unknown
  post_start?: { privileged?: boolean }[]
  pre_stop?: { privileged?: boolean }[]
  oom_kill_disable?: boolean
  restart?: string
  healthcheck?: Record<string, unknown>
  scale?: number
  mem_limit?: string | number
  pids_limit?: number
  deploy?: { replicas?: number; resources?: { limits?: { memory?: string; pids?: number }; reservations?: { devices?: unknown[] } } }
  networks?: Record<string, unknown>
  depends_on?: Record<string, unknown>
}

export interface Resource {
  name?: string
  external?: boolean | { name?: string }
  driver?: string
  driver_opts?: Record<string, Text>
  file?: string
}

/** The whole project. */
export interface ComposeConfig {
  name: string
  services?: Record<string, ServiceConfig>
  networks?: Record<string, Resource | null>
  volumes?: Record<string, Resource | null>
  secrets?: Record<string, Resource | null>
  configs?: Record<string, Resource | null>
}

/** How many containers a service is to have. */
export const replicasOf = (service: ServiceConfig): number => service.deploy?.replicas ?? service.scale ?? 1
