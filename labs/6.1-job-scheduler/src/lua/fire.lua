-- The leader makes the job of a cron that is due and moves the cron on: both or neither, and once.
-- ARGV[1]  the leader's epoch
-- ARGV[2]  name
-- ARGV[3]  next as it was read: when it is another now, this run has been made
-- ARGV[4]  next from here on, milliseconds
-- ARGV[5]  the job as JSON
-- returns  1 when it was made

return redis.error_reply("NOTYET src/lua/fire.lua is not written yet")
