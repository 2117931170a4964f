-- A master asks for the lead, or renews it.
-- ARGV[1]  who asks: a name that no other process has, and that a restarted one does not have again
-- ARGV[2]  lease, milliseconds
-- returns  { 1 when it leads, epoch of whoever leads }

return redis.error_reply("NOTYET src/lua/lead.lua is not written yet")
