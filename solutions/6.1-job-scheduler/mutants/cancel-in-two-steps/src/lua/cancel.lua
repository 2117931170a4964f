-- Takes a job out, wherever it is; its worker learns of it when it renews.
-- ARGV[1]  id
-- ARGV[2]  the state that it had
-- returns  "cancelled", "unknown", or the state in which it ended before

local id, state = ARGV[1], ARGV[2]
local tenant, seq = unpack(redis.call('HMGET', key(id), 'tenant', 'seq'))
if state == 'waiting' then
  -- A tenant must not stay among those to be served when its line is empty.
  redis.call('ZREM', BASE .. 'waiting:' .. tenant, string.format('%016d:%s', seq, id))
  if redis.call('EXISTS', BASE .. 'waiting:' .. tenant) == 0 then redis.call('ZREM', BASE .. 'tenants', tenant) end
elseif state == 'delayed' or state == 'active' then
  redis.call('ZREM', BASE .. state, id)
else
  return state
end
close(id, 'cancelled', 'error', 'cancelled')
return 'cancelled'
