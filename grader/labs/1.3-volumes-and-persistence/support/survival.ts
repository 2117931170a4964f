import { docker } from '../../../engines/docker/client.ts'
import type { Question } from '../../../experiments/predictions/types.ts'
import { anonymousVolumes, type Bench, freshProbe, inside, onRecord } from './bench.ts'
import { inWords, OPERATIONS, type Operation, PLACES, type Place } from './operations.ts'

/** The question whether a file in a place outlives an operation. */
export function survives(place: Place, operation: Operation): Question<Bench> {
  const file = `${PLACES[place]}/note`
  const commands = OPERATIONS[operation]('probe')
  return {
    id: `${place}-after-${operation}`.replaceAll(' --', '-').replaceAll(' ', '-'),
    ask: `A file is written to ${PLACES[place]} of probe (${place}; see probe.yaml). Then ${inWords(commands)}. Is the file there?`,
    async experiment(bench, record) {
      await freshProbe(bench)
      const type = onRecord(bench, record)
      await inside(type, 'probe', `echo noted > ${file}`)
      for (const words of commands) await type(...words)
      return inside(type, 'probe', `cat ${file}`)
    },
  }
}

/** How many anonymous volumes that belonged to probe lie on the disk, used by no container, after these commands? */
export function orphansAfter(id: string, ...commands: string[][]): Question<Bench> {
  return {
    id,
    ask: `\`docker compose up -d\` has made everything anew; probe has one anonymous volume. Then ${inWords(commands)}. How many anonymous volumes of probe are on the disk that no container uses?`,
    async experiment(bench, record) {
      await freshProbe(bench)
      const type = onRecord(bench, record)
      const seen = new Set(await anonymousVolumes(bench.project))
      for (const words of commands) {
        await type(...words)
        for (const name of await anonymousVolumes(bench.project)) seen.add(name)
      }
      const used = await anonymousVolumes(bench.project)
      const there = (await docker(['volume', 'ls', '--quiet'])).split('\n')
      const orphans = [...seen].filter(name => there.includes(name) && !used.includes(name))
      record.ran('docker volume ls --filter dangling=true', `${orphans.length} of probe's`)
      if (orphans.length > 0) await docker(['volume', 'rm', ...orphans])
      return orphans.length
    },
  }
}
