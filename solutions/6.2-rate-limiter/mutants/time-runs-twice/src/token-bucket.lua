-- Token bucket: `capacity` tokens at most, `rate` of them come back every second.
--
-- KEYS[1]  the tenant's state: <KEY_PREFIX>{<tenant>}:token-bucket
-- ARGV[1]  capacity, whole tokens
-- ARGV[2]  rate, thousandths of a token a second (0.5 tokens a second: 500), a whole number
-- ARGV[3]  cost of this request, whole tokens
-- returns  { allowed (1 or 0), remaining, retry_after_us, reset_us, now_us }
--
-- The state is what has been spent, and when: "<spent> <at>". A missing key means that nothing is spent, so a key may go when that is true,
-- and a changed capacity needs no conversion. Spent is counted in billionths of a token: in one microsecond exactly ARGV[2] of them come
-- back. All numbers are whole and below 2^53, where Lua's doubles are exact (capacity 1,000,000 is 10^15).

local TOKEN = 1000000000
local capacity = tonumber(ARGV[1]) * TOKEN
local rate = tonumber(ARGV[2])
local cost = tonumber(ARGV[3]) * TOKEN

local time = redis.call('TIME')
local clock = time[1] * 1000000 + time[2]
local now, spent = clock, 0

local state = redis.call('GET', KEYS[1])
if state then
  local was, at = string.match(state, '^(%d+) (%d+)$')
  was, at = tonumber(was), tonumber(at)
  -- The server's clock can step back (NTP, failover): time that was judged once is not judged again.
  at = math.min(at, now)
  -- Compared before it is multiplied: a long idle time by a high rate would leave the whole numbers.
  if now - at < was / rate then spent = was - (now - at) * rate end
end

local allowed = spent + cost <= capacity
if allowed then
  spent = spent + cost
  -- The key lives until nothing is spent any more. %.0f, because .. would write 1.7e+15.
  local ttl = math.ceil((math.ceil(spent / rate) + now - clock) / 1000)
  redis.call('SET', KEYS[1], string.format('%.0f %.0f', spent, now), 'PX', ttl)
end

local retry = 0
if not allowed then
  retry = -1
  if cost <= capacity then retry = math.ceil((spent + cost - capacity) / rate) end
end
local remaining = math.max(0, math.floor((capacity - spent) / TOKEN))
return { allowed and 1 or 0, remaining, retry, math.ceil(spent / rate), now }
