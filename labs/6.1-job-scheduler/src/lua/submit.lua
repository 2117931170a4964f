-- Accepts jobs, all or none.
-- ARGV[n]  a job as JSON: JobInput and `boost` (priority * AGING_MS)
-- returns  per job 1, or 0 when its id was there already

return redis.error_reply("NOTYET src/lua/submit.lua is not written yet")
