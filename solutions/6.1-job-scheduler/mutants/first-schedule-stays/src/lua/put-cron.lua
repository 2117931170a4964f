-- Stores a schedule. One that is the same keeps its next time: putting it again must not skip a run that is due.
-- ARGV[1]  name
-- ARGV[2]  spec, JSON
-- ARGV[3]  next time, milliseconds
-- returns  next time

local cron = BASE .. 'cron:' .. ARGV[1]
local spec, at = unpack(redis.call('HMGET', cron, 'spec', 'next'))
if spec then return at end
redis.call('HSET', cron, 'spec', ARGV[2], 'next', ARGV[3])
redis.call('ZADD', BASE .. 'crons', ARGV[3], ARGV[1])
return ARGV[3]
