-- Takes a job out, wherever it is; its worker learns of it when it renews.
-- ARGV[1]  id
-- returns  "cancelled", "unknown", or the state in which it ended before

return redis.error_reply("NOTYET src/lua/cancel.lua is not written yet")
