-- An attempt has ended. Only the holder of the newest token may say so.
-- ARGV[1]  id
-- ARGV[2]  token
-- ARGV[3]  done, failed or dead
-- ARGV[4]  the result, or what went wrong
-- ARGV[5]  pause before another attempt, milliseconds
-- returns  "done", "retried", "dead", "lost" or "cancelled"

local id, token, outcome = ARGV[1], ARGV[2], ARGV[3]
local state, newest, attempts, most = unpack(redis.call('HMGET', key(id), 'state', 'token', 'attempts', 'maxAttempts'))
if newest ~= token then return state == 'cancelled' and 'cancelled' or 'lost' end
redis.call('ZREM', BASE .. 'active', id)
if outcome == 'done' then
  close(id, 'done', 'result', ARGV[4])
  return 'done'
end
if outcome == 'dead' or tonumber(attempts) >= tonumber(most) then
  close(id, 'dead', 'error', ARGV[4])
  return 'dead'
end
redis.call('HSET', key(id), 'error', ARGV[4])
put_off(id, now + ARGV[5])
return 'retried'
