/**
 * Group commit: callers that ask for durability while one sync is running share the next one,
 * so that a hundred writers cost two syncs and not a hundred.
 * (Gray & Reuter, "Transaction Processing", 9.4.4: group commit.)
 */
export class GroupSync {
  private readonly syncNow: () => Promise<void>
  private running: Promise<void> | undefined
  private next: Promise<void> | undefined

  constructor(syncNow: () => Promise<void>) {
    this.syncNow = syncNow
  }

  /** Resolves when a sync that started after this call is done; rejects when that sync fails. */
  sync(): Promise<void> {
    if (!this.running) return this.start()
    // The running sync may have begun before the caller's write: only the following one covers it.
    this.next ??= this.running
      .catch(() => {})
      .then(() => {
        this.next = undefined
        return this.start()
      })
    return this.next
  }

  private start(): Promise<void> {
    const run = this.syncNow().finally(() => {
      if (this.running === run) this.running = undefined
    })
    this.running = run
    return run
  }
}
