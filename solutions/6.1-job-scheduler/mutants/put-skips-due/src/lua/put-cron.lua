-- Stores a schedule.
-- ARGV[1]  name
-- ARGV[2]  spec, JSON
-- ARGV[3]  next time, milliseconds
-- returns  next time

local cron = BASE .. 'cron:' .. ARGV[1]
redis.call('HSET', cron, 'spec', ARGV[2], 'next', ARGV[3])
redis.call('ZADD', BASE .. 'crons', ARGV[3], ARGV[1])
return ARGV[3]
