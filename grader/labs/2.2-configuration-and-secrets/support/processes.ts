/** What processes of a container can be read to hold: their environment and their command line. */
import type { ComposeProject } from '../../../engines/docker/project.ts'
import type { Place } from './search.ts'

const READ = 'for p in /proc/[0-9]*; do for f in environ cmdline; do echo "$p/$f"; tr "\\0" "\\n" < $p/$f; echo; done; done 2>/dev/null'

/** Of each user who has a process there, since a process shows its environment to its own user only. */
export async function processesOf(project: ComposeProject, service: string): Promise<Place[]> {
  const owners = await project.exec(service, ['sh', '-c', 'stat -c %u /proc/[0-9]* 2>/dev/null'], { user: '0' })
  const users = [...new Set(owners.stdout.split('\n').filter(Boolean))]
  const read = await Promise.all(users.map(user => project.exec(service, ['sh', '-c', READ], { user })))
  const places = read.flatMap(({ stdout }) => stdout.split(/^(?=\/proc\/\d+\/(?:environ|cmdline)$)/m))
  return places
    .filter(text => text.trim() !== '')
    .map(text => ({ name: `${whereOf(text)} of a process of ${service}`, content: text.slice(text.indexOf('\n') + 1) }))
}

const whereOf = (text: string): string => (/^\/proc\/\d+\/environ/.test(text) ? 'the environment' : 'the command line')
