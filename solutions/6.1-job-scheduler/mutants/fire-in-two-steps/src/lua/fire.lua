-- The leader makes the job of a cron that is due and moves the cron on: both or neither, and once.
-- ARGV[1]  the leader's epoch
-- ARGV[2]  name
-- ARGV[3]  next as it was read: when it is another now, this run has been made
-- ARGV[4]  next from here on, milliseconds
-- ARGV[5]  the job as JSON
-- returns  1 when it was made

if not leads(ARGV[1]) then return 0 end
local cron = BASE .. 'cron:' .. ARGV[2]
if redis.call('HGET', cron, 'next') ~= ARGV[3] then return 0 end
redis.call('HSET', cron, 'next', ARGV[4])
redis.call('ZADD', BASE .. 'crons', ARGV[4], ARGV[2])
return 1
