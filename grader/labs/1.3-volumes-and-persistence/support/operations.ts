/** What is done to a service, as it is typed. */

/** By the name that the lesson and VOLUMES.md give it. */
export const OPERATIONS = {
  restart: service => [['restart', service]],
  kill: service => [
    ['kill', service],
    ['start', service],
  ],
  rm: service => [
    ['rm', '--stop', '--force', service],
    ['up', '-d', service],
  ],
  down: service => [['down'], ['up', '-d', service]],
  'down --volumes': service => [
    ['down', '--volumes'],
    ['up', '-d', service],
  ],
  'up --force-recreate': service => [['up', '-d', '--force-recreate', service]],
  'up --force-recreate --renew-anon-volumes': service => [['up', '-d', '--force-recreate', '--renew-anon-volumes', service]],
} satisfies Record<string, (service: string) => string[][]>

export type Operation = keyof typeof OPERATIONS

/** The places of probe.yaml by the name of their kind. */
export const PLACES = {
  'named volume': '/named',
  'anonymous volume': '/data',
  'bind mount': '/bind',
  'container layer': '/layer',
  tmpfs: '/memory',
}

export type Place = keyof typeof PLACES

/** Commands in words: "`docker compose rm …`, then `docker compose up -d …`". */
export const inWords = (commands: readonly string[][]): string =>
  commands.map(words => `\`docker compose ${words.join(' ')}\``).join(', then ')
