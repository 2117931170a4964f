-- A dead letter gets another chance, with all its attempts.
-- ARGV[1]  id
-- returns  "waiting", "unknown", or the state that it is in instead of dead

local id = ARGV[1]
local state = redis.call('HGET', key(id), 'state')
if not state then return 'unknown' end
-- Asked for twice, it waits already: that is no new chance, but the state that was wanted has no other name.
if state ~= 'dead' then return state == 'waiting' and 'not dead' or state end
redis.call('ZREM', BASE .. 'dead', id)
redis.call('HDEL', key(id), 'finishedAt')
line_up(id, now)
return 'waiting'
