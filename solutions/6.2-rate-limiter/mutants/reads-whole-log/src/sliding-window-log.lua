-- Sliding window, as a log: every unit that was let through is remembered until it is one window old.
--
-- KEYS[1]  the tenant's state: <KEY_PREFIX>{<tenant>}:sliding-window-log:<windowMs>
-- ARGV[1]  limit, units in a window
-- ARGV[2]  window, milliseconds
-- ARGV[3]  cost of this request, units
-- returns  { allowed (1 or 0), remaining, retry_after_us, reset_us, now_us }
--
-- The state is a sorted set with one member a unit, its score the microsecond at which it was let through.

local limit = tonumber(ARGV[1])
local window = tonumber(ARGV[2]) * 1000
local cost = tonumber(ARGV[3])

local time = redis.call('TIME')
local clock = time[1] * 1000000 + time[2]

-- Time that was judged once is not judged again, also when the server's clock steps back.
local newest = tonumber(redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2])
local now = math.max(clock, newest or 0)
-- A unit that is exactly one window old counts no more: only scores above this do.
local edge = string.format('(%.0f', now - window)
local used = 0
local all = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 2, #all, 2 do
  if tonumber(all[i]) > now - window then used = used + 1 end
end

if used + cost <= limit then
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
  -- Members must differ: within one microsecond the number of units only grows, and time does not come back.
  local units = {}
  for n = used + 1, used + cost do
    units[#units + 1] = string.format('%.0f', now)
    units[#units + 1] = string.format('%.0f-%d', now, n)
  end
  redis.call('ZADD', KEYS[1], unpack(units))
  redis.call('PEXPIRE', KEYS[1], math.ceil((window + now - clock) / 1000))
  return { 1, limit - used - cost, 0, window, now }
end

local retry = -1
if cost <= limit then
  -- The request fits when the oldest (used + cost - limit) units have left the window: the last of them is the one to wait for.
  local last = redis.call('ZRANGEBYSCORE', KEYS[1], edge, '+inf', 'WITHSCORES', 'LIMIT', used + cost - limit - 1, 1)
  retry = last[2] + window - now
end
local reset = used > 0 and newest + window - now or 0
return { 0, math.max(0, limit - used), retry, reset, now }
