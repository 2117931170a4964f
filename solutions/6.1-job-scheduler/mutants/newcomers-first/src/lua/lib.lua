-- Put before every script: the clock, the keys, and the moves that several scripts make.
--
-- KEYS[1]  what every key begins with: <KEY_PREFIX>{jobs}:
--
--   job:<id>          hash    the job
--   waiting:<tenant>  zset    "<seq>:<id>" by readyAt - priority * AGING_MS: the smallest goes next
--   tenants           zset    tenants with waiting jobs, by when they were last served: the smallest is served next
--   delayed           zset    id by the time at which it may run
--   active            zset    id by the end of its lease
--   dead              zset    id by the time of its death
--   crons, cron:<n>   zset by the next time; hash { spec, next }
--   leader            hash    { holder, epoch, till }
--   seq, served, token        counters
--
-- Times are milliseconds; large numbers become text by %.0f, because .. would write 1.7e+12.

local BASE = KEYS[1]
-- Finished jobs can be looked at for this long.
local KEEP = 86400000
local clock = redis.call('TIME')
local micros = clock[1] * 1000000 + clock[2]
local now = math.floor(micros / 1000)

local function text(n) return string.format('%.0f', n) end
local function key(id) return BASE .. 'job:' .. id end

-- It stands in its tenant's line from `at` on. A tenant that comes newly is served after those that wait already.
local function line_up(id, at)
  local tenant, seq, boost = unpack(redis.call('HMGET', key(id), 'tenant', 'seq', 'boost'))
  redis.call('HSET', key(id), 'state', 'waiting', 'readyAt', text(at))
  redis.call('HDEL', key(id), 'runAt', 'leaseUntil')
  redis.call('ZADD', BASE .. 'waiting:' .. tenant, text(at - boost), string.format('%016d:%s', seq, id))
  redis.call('ZADD', BASE .. 'tenants', 'NX', 0, tenant)
end

local function put_off(id, at)
  redis.call('HSET', key(id), 'state', 'delayed', 'runAt', text(at))
  redis.call('HDEL', key(id), 'leaseUntil')
  redis.call('ZADD', BASE .. 'delayed', text(at), id)
end

-- Returns 1; or 0 when there is a job of this id already: nothing happens then.
local function create(job)
  if redis.call('EXISTS', key(job.id)) == 1 then return 0 end
  redis.call('HSET', key(job.id), 'id', job.id, 'tenant', job.tenant, 'kind', job.kind, 'payload', job.payload,
    'priority', job.priority, 'boost', text(job.boost), 'attempts', 0, 'maxAttempts', job.maxAttempts, 'backoffMs', job.backoffMs,
    'timeoutMs', job.timeoutMs, 'seq', redis.call('INCR', BASE .. 'seq'), 'createdAt', text(now))
  local at = now + job.delayMs
  if type(job.runAt) == 'number' then at = job.runAt end
  if at > now then put_off(job.id, at) else line_up(job.id, now) end
  return 1
end

local function close(id, state, field, words)
  redis.call('HSET', key(id), 'state', state, 'finishedAt', text(now), field, words)
  redis.call('HDEL', key(id), 'runAt', 'leaseUntil')
  if state == 'dead' then
    redis.call('ZADD', BASE .. 'dead', text(now), id)
  else
    redis.call('PEXPIRE', key(id), KEEP)
  end
end

-- Only the master that holds the lease of this epoch may keep house.
local function leads(epoch)
  local held, till = unpack(redis.call('HMGET', BASE .. 'leader', 'epoch', 'till'))
  return held == epoch and tonumber(till) > now
end
