-- A master asks for the lead, or renews it.
-- ARGV[1]  who asks: a name that no other process has, and that a restarted one does not have again
-- ARGV[2]  lease, milliseconds
-- returns  { 1 when it leads, epoch of whoever leads }

local holder, epoch, till = unpack(redis.call('HMGET', BASE .. 'leader', 'holder', 'epoch', 'till'))
epoch = tonumber(epoch or 0)
if holder ~= ARGV[1] then
  if holder and tonumber(till) > now then return { 0, epoch } end
  epoch = epoch + 1
end
redis.call('HSET', BASE .. 'leader', 'holder', ARGV[1], 'epoch', epoch, 'till', text(now + ARGV[2]))
local lapsed = redis.call('ZRANGEBYSCORE', BASE .. 'active', '-inf', text(now), 'LIMIT', 0, 200)
redis.call('ZREMRANGEBYRANK', BASE .. 'active', 0, #lapsed - 1)
return { 1, epoch, table.concat(lapsed, ',') }
