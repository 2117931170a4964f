-- A worker takes jobs: from the tenant that was served longest ago, that tenant's first in line.
-- ARGV[1]  the worker's name
-- ARGV[2]  lease, milliseconds
-- ARGV[3]  how many jobs at most
-- returns  per job { id, token, attempt, waited ms, tenant, kind, payload, maxAttempts, backoffMs, timeoutMs }

return redis.error_reply("NOTYET src/lua/take.lua is not written yet")
