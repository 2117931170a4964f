-- Stores a schedule. One that is the same keeps its next time: putting it again must not skip a run that is due.
-- ARGV[1]  name
-- ARGV[2]  spec, JSON
-- ARGV[3]  next time, milliseconds
-- returns  next time

return redis.error_reply("NOTYET src/lua/put-cron.lua is not written yet")
