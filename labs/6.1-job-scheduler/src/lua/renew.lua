-- A worker keeps its jobs.
-- ARGV[1]           lease, milliseconds
-- ARGV[2n], [2n+1]  id and token of a job
-- returns           per job "held", "lost" or "cancelled"

return redis.error_reply("NOTYET src/lua/renew.lua is not written yet")
