/** A classroom's mirrors: what the host's package managers are told reaches the recipes, and no image. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Files that a recipe mounts as secrets while it fetches, by the secret's id. Where there is none, the package manager's defaults hold. */
const FILES: Record<string, (home: string) => string[]> = {
  'maven-settings': home => [join(home, '.m2/settings.xml')],
  'pip-settings': home => [join(home, '.config/pip/pip.conf'), join(home, '.pip/pip.conf'), '/etc/pip.conf'],
}
/** Variables that a recipe takes as arguments of its first stage. */
const VARIABLES = ['GOPROXY', 'GONOSUMDB', 'GOFLAGS']

/** Arguments of `docker build`: secrets for the settings that are there, arguments for the variables that are set. */
export function hostSettings(env: Record<string, string | undefined> = process.env, home = homedir()): string[] {
  const secrets = Object.entries(FILES).flatMap(([id, places]) => {
    const file = places(home).find(place => existsSync(place))
    return file ? ['--secret', `id=${id},src=${file}`] : []
  })
  return [...secrets, ...VARIABLES.flatMap(name => (env[name] ? ['--build-arg', `${name}=${env[name]}`] : []))]
}
