import type { BrokerContext, Handler } from '../context.ts'
import { NO_JOIN, NO_SYNC } from '../groups/answers.ts'
import type { Group } from '../groups/group.ts'
import { ERRORS, errorCodeOf, KafkaError } from '../protocol/errors.ts'
import type * as m from '../protocol/messages/groups.ts'

type Req<M extends { request: { read(r: never): unknown } }> = ReturnType<M['request']['read']>
type Res<M extends { response: { write(w: never, v: never): void } }> = Parameters<M['response']['write']>[1]

const GROUP = 0
const TRANSACTION = 1

/** This node coordinates everything; asking brings the internal topic about. */
export const findCoordinator: Handler<Req<typeof m.FindCoordinator>, Res<typeof m.FindCoordinator>> = async (
  context,
  request,
  { version },
) => {
  const keys = version >= 4 ? request.coordinatorKeys : [request.key]
  const found = await Promise.all(keys.map(key => coordinator(context, request.keyType, key)))
  if (version >= 4) return { coordinators: found }
  return found[0]!
}

async function coordinator(context: BrokerContext, keyType: number, key: string) {
  const { host, port } = context.address
  try {
    if (keyType !== GROUP && keyType !== TRANSACTION) throw new KafkaError('INVALID_REQUEST', `Unknown coordinator type ${keyType}`)
    await (keyType === GROUP ? context.groups.topic : context.txns.topic).ensure()
    return { key, nodeId: context.options.nodeId, host, port, errorCode: 0, errorMessage: null }
  } catch (error) {
    return { key, nodeId: -1, host: '', port: -1, errorCode: errorCodeOf(error), errorMessage: (error as Error).message }
  }
}

/** Enters a group. */
export const joinGroup: Handler<Req<typeof m.JoinGroup>, Res<typeof m.JoinGroup>> = async (
  context,
  request,
  { version, clientId, connection },
) => {
  const { groups } = context
  const nullIsText = version < 7
  try {
    if (request.groupId === '') throw new KafkaError('INVALID_GROUP_ID')
    const { minSessionTimeoutMs: min, maxSessionTimeoutMs: max } = groups.options
    if (request.sessionTimeoutMs < min || request.sessionTimeoutMs > max) throw new KafkaError('INVALID_SESSION_TIMEOUT')
    const group = request.memberId === '' ? groups.groupOrNew(request.groupId) : groups.existing(request.groupId)
    await groups.topic.ensure()
    const result = await group.join({
      memberId: request.memberId,
      groupInstanceId: request.groupInstanceId,
      clientId,
      clientHost: connection.clientHost,
      sessionTimeoutMs: request.sessionTimeoutMs,
      rebalanceTimeoutMs: request.rebalanceTimeoutMs < 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
      protocolType: request.protocolType,
      // Copies: a member lives longer than the frame it came in.
      protocols: request.protocols.map(p => ({ name: p.name, metadata: Buffer.from(p.metadata) })),
      needsKnownId: version >= 4,
    })
    return nullIsText ? { ...result, protocolName: result.protocolName ?? '' } : result
  } catch (error) {
    return { ...NO_JOIN, errorCode: errorCodeOf(error), memberId: request.memberId, protocolName: nullIsText ? '' : null }
  }
}

/** Gets the assignment. */
export const syncGroup: Handler<Req<typeof m.SyncGroup>, Res<typeof m.SyncGroup>> = async ({ groups }, r) => {
  try {
    const group = groups.existing(r.groupId)
    const member = group.check(r.memberId, r.groupInstanceId, r.generationId)
    return await group.sync(member, { type: r.protocolType, name: r.protocolName }, r.assignments)
  } catch (error) {
    return { ...NO_SYNC, errorCode: errorCodeOf(error) }
  }
}

/** A sign of life. */
export const heartbeat: Handler<Req<typeof m.Heartbeat>, Res<typeof m.Heartbeat>> = ({ groups }, r) => {
  try {
    const group = groups.existing(r.groupId)
    group.heartbeat(group.check(r.memberId, r.groupInstanceId, r.generationId))
    return { errorCode: 0 }
  } catch (error) {
    return { errorCode: errorCodeOf(error) }
  }
}

/** Leaves at once. */
export const leaveGroup: Handler<Req<typeof m.LeaveGroup>, Res<typeof m.LeaveGroup>> = ({ groups }, request, { version }) => {
  const leave = (memberId: string, groupInstanceId: string | null) => {
    try {
      groups.existing(request.groupId).leave(memberId, groupInstanceId)
      return { memberId, groupInstanceId, errorCode: 0 }
    } catch (error) {
      return { memberId, groupInstanceId, errorCode: errorCodeOf(error) }
    }
  }
  if (version < 3) return leave(request.memberId, null)
  return { errorCode: 0, members: request.members.map(member => leave(member.memberId, member.groupInstanceId)) }
}

/** Groups with their members. */
export const describeGroups: Handler<Req<typeof m.DescribeGroups>, Res<typeof m.DescribeGroups>> = ({ groups }, request, { version }) => ({
  groups: request.groups.map(groupId => {
    const group = groups.get(groupId)
    if (group) return describe(group)
    const missing = version >= 6
    return {
      errorCode: missing ? ERRORS.GROUP_ID_NOT_FOUND : 0,
      errorMessage: missing ? `Group ${groupId} not found.` : null,
      groupId,
      groupState: 'Dead',
      protocolType: '',
      protocolData: '',
      members: [],
    }
  }),
})

function describe(group: Group) {
  const settled = group.state === 'Stable'
  return {
    errorCode: 0,
    groupId: group.id,
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: settled ? (group.protocol ?? '') : '',
    members: group.roster.all().map(member => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: settled ? member.metadataFor(group.protocol) : Buffer.alloc(0),
      memberAssignment: settled ? member.assignment : Buffer.alloc(0),
    })),
  }
}

/** All groups. */
export const listGroups: Handler<Req<typeof m.ListGroups>, Res<typeof m.ListGroups>> = ({ groups }, request) => {
  const states = new Set(request.statesFilter.map(s => s.toLowerCase()))
  const types = new Set(request.typesFilter.map(t => t.toLowerCase()))
  return {
    groups: groups
      .all()
      .filter(g => states.size === 0 || states.has(g.state.toLowerCase()))
      .filter(() => types.size === 0 || types.has('classic'))
      .map(g => ({ groupId: g.id, protocolType: g.protocolType ?? '', groupState: g.state, groupType: 'classic' })),
  }
}

/** Deletes empty groups. */
export const deleteGroups: Handler<Req<typeof m.DeleteGroups>, Res<typeof m.DeleteGroups>> = async ({ groups }, request) => ({
  results: await Promise.all(
    request.groupsNames.map(groupId =>
      groups.delete(groupId).then(
        () => ({ groupId, errorCode: 0 }),
        error => ({ groupId, errorCode: errorCodeOf(error) }),
      ),
    ),
  ),
})
