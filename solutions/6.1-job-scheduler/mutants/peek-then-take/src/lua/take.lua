-- A worker takes jobs: from the tenant that was served longest ago, that tenant's first in line.
-- ARGV[1]  the worker's name
-- ARGV[2]  lease, milliseconds
-- ARGV[3]  how many jobs at most
-- returns  per job { id, token, attempt, waited ms, tenant, kind, payload, maxAttempts, backoffMs, timeoutMs }

local taken = {}
local till = text(now + ARGV[2])
local served = tonumber(redis.call('GET', BASE .. 'served') or 0)
local last = tonumber(redis.call('GET', BASE .. 'token') or 0)
do
  local tenant = ARGV[3]
  local line = BASE .. 'waiting:' .. tenant
  redis.call('ZREM', line, ARGV[4])
  local id = string.match(ARGV[4], '^%d+:(.*)$')
  -- Counted also when the line is empty now: a tenant that comes and goes stands behind all that wait, each time anew.
  served = served + 1
  if redis.call('EXISTS', line) == 1 then
    redis.call('ZADD', BASE .. 'tenants', text(served), tenant)
  else
    redis.call('ZREM', BASE .. 'tenants', tenant)
  end
  -- By the clock, so that tokens do not repeat when Redis comes back with an older snapshot; by one more, when the clock stands or steps back.
  last = math.max(micros, last + 1)
  local token = text(last)
  local attempt = redis.call('HINCRBY', key(id), 'attempts', 1)
  redis.call('HSET', key(id), 'state', 'active', 'worker', ARGV[1], 'token', token, 'leaseUntil', till)
  redis.call('ZADD', BASE .. 'active', till, id)
  local job = redis.call('HMGET', key(id), 'readyAt', 'kind', 'payload', 'maxAttempts', 'backoffMs', 'timeoutMs')
  taken[#taken + 1] = { id, token, attempt, math.max(0, now - job[1]), tenant, job[2], job[3], job[4], job[5], job[6] }
end
if #taken > 0 then redis.call('MSET', BASE .. 'token', text(last), BASE .. 'served', text(served)) end
return taken[1]
