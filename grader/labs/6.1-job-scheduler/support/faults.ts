import type { Fault } from '../../../experiments/nemesis.ts'
import type { Random } from '../../../kpi/types.ts'
import type { Program } from '../../../learner/types.ts'

/**
 * kill -9 one of several programs that run, whichever is drawn, and start it again at once; `programs` is kept up to date.
 * No effect while all of them are on their way down or up.
 */
export function killOne(role: string, programs: Program[], random: Random, killed: () => unknown): Fault {
  const falling = new Set<Program>()
  return {
    name: `kill -9 a ${role}`,
    async inject() {
      const running = programs.filter(program => program.running && !falling.has(program))
      if (running.length === 0) return null
      const victim = random.pick(running)
      falling.add(victim)
      programs[programs.indexOf(victim)] = await victim.restart()
      killed()
      return () => {}
    },
  }
}
