-- Token bucket: `capacity` tokens at most, `rate` of them come back every second.
--
-- KEYS[1]  the tenant's state: <KEY_PREFIX>{<tenant>}:token-bucket
-- ARGV[1]  capacity, whole tokens
-- ARGV[2]  rate, thousandths of a token a second (0.5 tokens a second: 500), a whole number
-- ARGV[3]  cost of this request, whole tokens
-- returns  { allowed (1 or 0), remaining, retry_after_us, reset_us, now_us }

local capacity = tonumber(ARGV[1])
local rate = tonumber(ARGV[2]) / 1000
local cost = tonumber(ARGV[3])

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local tokens = capacity

local state = redis.call('HMGET', KEYS[1], 'tokens', 'at')
if state[1] then
  local elapsed = math.max(0, now - tonumber(state[2])) / 1000000
  tokens = math.min(capacity, tonumber(state[1]) + elapsed * rate)
end

local allowed = tokens >= cost
if allowed then
  tokens = tokens - cost
  redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now)
  redis.call('PEXPIRE', KEYS[1], math.ceil((capacity - tokens) / rate * 1000))
end

local retry = 0
if not allowed then retry = cost > capacity and -1 or math.ceil((cost - tokens) / rate * 1000000) end
return { allowed and 1 or 0, math.floor(tokens), retry, math.ceil((capacity - tokens) / rate * 1000000), now }
