import type { Group } from './group.ts'
import type { Member } from './member.ts'

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

/** A join that did not happen. */
export const NO_JOIN: JoinResult = {
  errorCode: 0,
  generationId: -1,
  protocolType: null,
  protocolName: null,
  leader: '',
  memberId: '',
  skipAssignment: false,
  members: [],
}

/** A sync that did not happen. */
export const NO_SYNC: SyncResult = { errorCode: 0, protocolType: null, protocolName: null, assignment: Buffer.alloc(0) }

/** What a member is told when the generation is complete; only the leader gets the members. */
export function joinResult(group: Group, member: Member): JoinResult {
  const { generation: generationId, protocolType, protocol: protocolName, leader } = group
  const members = member.id === leader ? group.roster.all().map(m => m.described(protocolName)) : []
  return {
    errorCode: 0,
    generationId,
    protocolType,
    protocolName,
    leader: leader ?? '',
    memberId: member.id,
    skipAssignment: false,
    members,
  }
}

/** What a member is told when the leader has assigned. */
export function syncResult({ protocolType, protocol: protocolName }: Group, { assignment }: Member): SyncResult {
  return { errorCode: 0, protocolType, protocolName, assignment }
}
