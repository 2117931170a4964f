-- The leader keeps house: delayed jobs whose time has come stand in line, jobs whose lease has run out go to somebody else.
-- ARGV[1]  the leader's epoch
-- ARGV[2]  jobs of each kind at most, so that the server is not held up
-- returns  { 1 when there may be more, now, and per cron that is due its name, spec and next }, or { -1 } when it does not lead

if not leads(ARGV[1]) then return { -1 } end
local most = tonumber(ARGV[2])
local due = redis.call('ZRANGEBYSCORE', BASE .. 'delayed', '-inf', text(now), 'LIMIT', 0, 1)
for _, id in ipairs(due) do
  redis.call('ZREM', BASE .. 'delayed', id)
  line_up(id, redis.call('HGET', key(id), 'runAt'))
end
local lapsed = redis.call('ZRANGEBYSCORE', BASE .. 'active', '-inf', text(now), 'LIMIT', 0, most)
for _, id in ipairs(lapsed) do
  redis.call('ZREM', BASE .. 'active', id)
  local worker, attempts, limit = unpack(redis.call('HMGET', key(id), 'worker', 'attempts', 'maxAttempts'))
  local words = 'the lease of ' .. worker .. ' ran out'
  if tonumber(attempts) >= tonumber(limit) then
    close(id, 'dead', 'error', words)
  else
    redis.call('HSET', key(id), 'error', words)
    line_up(id, now)
  end
end
local answer = { (#due == most or #lapsed == most) and 1 or 0, text(now) }
for _, name in ipairs(redis.call('ZRANGEBYSCORE', BASE .. 'crons', '-inf', text(now), 'LIMIT', 0, most)) do
  local spec, at = unpack(redis.call('HMGET', BASE .. 'cron:' .. name, 'spec', 'next'))
  for _, value in ipairs({ name, spec, at }) do answer[#answer + 1] = value end
end
return answer
