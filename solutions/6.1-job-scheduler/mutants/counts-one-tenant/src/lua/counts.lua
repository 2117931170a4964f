-- How many jobs are in which state.
-- returns  { waiting, delayed, active, dead }

local waiting = 0
for _, tenant in ipairs(redis.call('ZRANGE', BASE .. 'tenants', 0, 0)) do
  waiting = waiting + redis.call('ZCARD', BASE .. 'waiting:' .. tenant)
end
return { waiting, redis.call('ZCARD', BASE .. 'delayed'), redis.call('ZCARD', BASE .. 'active'), redis.call('ZCARD', BASE .. 'dead') }
