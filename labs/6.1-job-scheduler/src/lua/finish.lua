-- An attempt has ended. Only the holder of the newest token may say so.
-- ARGV[1]  id
-- ARGV[2]  token
-- ARGV[3]  done, failed or dead
-- ARGV[4]  the result, or what went wrong
-- ARGV[5]  pause before another attempt, milliseconds
-- returns  "done", "retried", "dead", "lost" or "cancelled"

return redis.error_reply("NOTYET src/lua/finish.lua is not written yet")
