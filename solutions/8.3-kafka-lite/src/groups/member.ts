/** One way of assigning partitions that a member offers, with its subscription for it. */
export interface Protocol {
  name: string
  metadata: Buffer
}

/** The answer to a join. */
export interface JoinResult {
  errorCode: number
  generationId: number
  protocolType: string | null
  protocolName: string | null
  leader: string
  memberId: string
  skipAssignment: boolean
  members: { memberId: string; groupInstanceId: string | null; metadata: Buffer }[]
}

/** The answer to a sync. */
export interface SyncResult {
  errorCode: number
  protocolType: string | null
  protocolName: string | null
  assignment: Buffer
}

/** What a client says about itself when it joins. */
export interface Joiner {
  memberId: string
  groupInstanceId: string | null
  clientId: string
  clientHost: string
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  protocolType: string
  protocols: Protocol[]
  /** From JoinGroup v4 on a new member is sent back with an id first (KIP-394). */
  needsKnownId: boolean
}

/** A member of a group. Its session timer runs unless one of its requests is being held back. */
export class Member {
  id: string
  readonly instanceId: string | null
  clientId: string
  clientHost: string
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  protocols: Protocol[]
  assignment: Buffer = Buffer.alloc(0)
  joining: ((result: JoinResult) => void) | null = null
  syncing: ((result: SyncResult) => void) | null = null
  /** Has sent SyncGroup in this generation. */
  synced = false
  #timer: NodeJS.Timeout | null = null

  constructor(id: string, joiner: Omit<Joiner, 'memberId' | 'protocolType' | 'needsKnownId'>) {
    this.id = id
    this.instanceId = joiner.groupInstanceId
    this.clientId = joiner.clientId
    this.clientHost = joiner.clientHost
    this.sessionTimeoutMs = joiner.sessionTimeoutMs
    this.rebalanceTimeoutMs = joiner.rebalanceTimeoutMs
    this.protocols = joiner.protocols
  }

  /** The subscription it offered for a protocol. */
  metadataFor(protocol: string | null): Buffer {
    return this.protocols.find(p => p.name === protocol)?.metadata ?? Buffer.alloc(0)
  }

  /** True when it offers exactly these protocols, in this order and with these subscriptions. */
  offers(protocols: Protocol[]): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every((p, i) => p.name === this.protocols[i]!.name && p.metadata.equals(this.protocols[i]!.metadata))
    )
  }

  /** Takes over what a rejoining client says now. */
  update(joiner: Joiner): void {
    this.clientId = joiner.clientId
    this.clientHost = joiner.clientHost
    this.sessionTimeoutMs = joiner.sessionTimeoutMs
    this.rebalanceTimeoutMs = joiner.rebalanceTimeoutMs
    this.protocols = joiner.protocols
  }

  /** Starts the session anew: after the timeout without another call, `expired` is called. */
  renew(expired: () => void): void {
    this.pause()
    this.#timer = setTimeout(expired, this.sessionTimeoutMs)
  }

  /** Stops the session timer: we hold its request, so it cannot send another. */
  pause(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }
}
