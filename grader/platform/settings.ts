/** Ports and secrets of a platform on containers: made once, kept in a file that git ignores, and removed by `reset`. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { freePort } from '../process/ports.ts'
import { platformDir } from './state.ts'

const PORTS = ['POSTGRES_PORT', 'CONNECT_PORT', 'KAFKA_PORT', 'REGISTRY_PORT', 'S3_PORT', 'STATUS_PORT', 'CHAT_PORT', 'LIMITER_PORT', 'PARTNER_API_PORT', 'SCHEDULER_PORT'] as const // biome-ignore format: one line
const SECRETS = ['ADMIN_PASSWORD', 'OWNER_PASSWORD', 'CAPTURE_PASSWORD', 'SINK_PASSWORD', 'READER_PASSWORD', 'S3_SECRET_KEY', 'CHAT_SECRET', 'CHAT_REDIS_PASSWORD', 'LIMITER_REDIS_PASSWORD', 'SCHEDULER_REDIS_PASSWORD'] as const // biome-ignore format: one line

/** Variables of compose/platform.yaml. */
export type Settings = Record<
  (typeof PORTS)[number] | (typeof SECRETS)[number] | 'PROJECT' | 'PARTS' | 'NODE_MODULES' | 'S3_ACCESS_KEY',
  string
>

/** Folder of a platform on containers: its settings, and the programs that containers mount. */
export const dockerDir = (root: string): string => join(platformDir(root), 'docker')

/** The file of the settings, as `docker compose --env-file` reads it. */
export const settingsFile = (root: string): string => join(dockerDir(root), '.env')

/** What the file says; nothing where there is none. */
function kept(file: string): Record<string, string> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return {}
  }
  const pairs = text.split('\n').flatMap(line => /^(\w+)=(.*)$/.exec(line)?.slice(1, 3) ?? [])
  return Object.fromEntries(Array.from({ length: pairs.length / 2 }, (_, i) => [pairs[2 * i]!, pairs[2 * i + 1]!]))
}

/**
 * Reads the settings, and makes those that are missing: passwords must stay what the volumes' databases know.
 * @param project name of the compose project
 */
export async function settle(root: string, project: string): Promise<Settings> {
  const file = settingsFile(root)
  const settings: Record<string, string> = { ...kept(file), PROJECT: project }
  for (const port of PORTS) settings[port] ??= String(await freePort())
  for (const name of SECRETS) settings[name] ??= randomBytes(18).toString('hex')
  settings['S3_ACCESS_KEY'] ??= 'fjordline'
  settings['PARTS'] = join(dockerDir(root), 'parts')
  settings['NODE_MODULES'] = join(root, 'node_modules')
  mkdirSync(dirname(file), { recursive: true })
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(file, `# Made by pnpm platform up. Secrets: keep out of git and of chats.\n${lines.join('')}`, { mode: 0o600 })
  return settings as Settings
}
