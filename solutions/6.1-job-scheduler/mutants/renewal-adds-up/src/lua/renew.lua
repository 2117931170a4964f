-- A worker keeps its jobs.
-- ARGV[1]           lease, milliseconds
-- ARGV[2n], [2n+1]  id and token of a job
-- returns           per job "held", "lost" or "cancelled"

local answers = {}
for i = 2, #ARGV, 2 do
  local id = ARGV[i]
  local state, token = unpack(redis.call('HMGET', key(id), 'state', 'token'))
  local till = text((redis.call('HGET', key(id), 'leaseUntil') or now) + ARGV[1])
  if state == 'active' and token == ARGV[i + 1] then
    redis.call('HSET', key(id), 'leaseUntil', till)
    redis.call('ZADD', BASE .. 'active', till, id)
    answers[#answers + 1] = 'held'
  else
    answers[#answers + 1] = state == 'cancelled' and 'cancelled' or 'lost'
  end
end
return answers
