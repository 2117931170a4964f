-- Takes a job out, wherever it is; its worker learns of it when it renews.
-- ARGV[1]  id
-- returns  "cancelled", "unknown", or the state in which it ended before

local id = ARGV[1]
local state, tenant, seq = unpack(redis.call('HMGET', key(id), 'state', 'tenant', 'seq'))
if not state then return 'unknown' end
if state == 'waiting' then
  redis.call('ZREM', BASE .. 'waiting:' .. tenant, string.format('%016d:%s', seq, id))
elseif state == 'delayed' or state == 'active' then
  redis.call('ZREM', BASE .. state, id)
else
  return state
end
close(id, 'cancelled', 'error', 'cancelled')
return 'cancelled'
