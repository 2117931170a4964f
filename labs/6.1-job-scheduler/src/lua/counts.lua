-- How many jobs are in which state.
-- returns  { waiting, delayed, active, dead }

return redis.error_reply("NOTYET src/lua/counts.lua is not written yet")
