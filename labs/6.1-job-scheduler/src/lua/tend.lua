-- The leader keeps house: delayed jobs whose time has come stand in line, jobs whose lease has run out go to somebody else.
-- ARGV[1]  the leader's epoch
-- ARGV[2]  jobs of each kind at most, so that the server is not held up
-- returns  { 1 when there may be more, now, and per cron that is due its name, spec and next }, or { -1 } when it does not lead

return redis.error_reply("NOTYET src/lua/tend.lua is not written yet")
