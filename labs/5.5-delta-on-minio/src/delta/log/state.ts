import type { Action, Add, Metadata, Protocol, Remove, Txn } from './actions.ts'

/** One key for one data file, however its writer encoded the path. */
export function fileKey(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** The state of the table that the actions so far add up to (protocol: Action Reconciliation). */
export class TableState {
  protocol: Protocol | undefined
  metadata: Metadata | undefined
  readonly adds: Map<string, Add>
  /** Tombstones: files that are no longer in the table and may still be in the store. */
  readonly removes: Map<string, Remove>
  readonly txns: Map<string, Txn>

  constructor(from?: TableState) {
    this.protocol = from?.protocol
    this.metadata = from?.metadata
    this.adds = new Map(from?.adds)
    this.removes = new Map(from?.removes)
    this.txns = new Map(from?.txns)
  }

  /** One commit or one checkpoint. Actions of a commit have no order among themselves: removes go first, so that the outcome has none either. */
  apply(actions: readonly Action[]): void {
    for (const { remove } of actions) {
      if (!remove) continue
      this.adds.delete(fileKey(remove.path))
      this.removes.set(fileKey(remove.path), remove)
    }
    for (const { add, txn, metaData, protocol } of actions) {
      if (add) {
        this.adds.set(fileKey(add.path), add)
        this.removes.delete(fileKey(add.path))
      }
      if (txn) this.txns.set(txn.appId, txn)
      if (metaData) this.metadata = metaData
      if (protocol) this.protocol = protocol
    }
  }
}
