-- Accepts jobs, all or none.
-- ARGV[n]  a job as JSON: JobInput and `boost` (priority * AGING_MS)
-- returns  per job 1, or 0 when its id was there already

if ARGV[1] == 'line up' then return line_up(ARGV[2], now) end
local created = {}
for i = 1, #ARGV do created[i] = create(cjson.decode(ARGV[i])) end
return created
