/** Runs a task again and again, `seconds` after its last end, until stopped. `stop` resolves when a running round has ended. */
export function every(seconds: number, task: () => Promise<void>): { stop: () => Promise<void> } {
  let running: Promise<void> = Promise.resolve()
  let stopped = seconds === 0
  let timer: NodeJS.Timeout | undefined
  const plan = () => {
    if (stopped) return
    timer = setTimeout(() => {
      running = task().finally(plan)
    }, seconds * 1000)
    timer.unref()
  }
  plan()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running.catch(() => {})
    },
  }
}
