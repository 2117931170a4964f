-- A dead letter gets another chance, with all its attempts.
-- ARGV[1]  id
-- returns  "waiting", "unknown", or the state that it is in instead of dead

return redis.error_reply("NOTYET src/lua/retry.lua is not written yet")
