-- Sliding window, as two counters: this window's, and the last one's by the part of it that is still in sight.
--
-- KEYS[1]  the tenant's state: <KEY_PREFIX>{<tenant>}:sliding-window-counter:<windowMs>
-- ARGV[1]  limit, units in a window
-- ARGV[2]  window, milliseconds
-- ARGV[3]  cost of this request, units
-- returns  { allowed (1 or 0), remaining, retry_after_us, reset_us, now_us }
--
-- The state is "<current> <previous> <at>". Windows begin at multiples of their length since the epoch. Estimates are compared multiplied
-- by the window, so that nothing is divided: 10,000 units by an hour in microseconds is 3.6 * 10^13, exact in a double.

local limit = tonumber(ARGV[1])
local window = tonumber(ARGV[2]) * 1000
local cost = tonumber(ARGV[3])

local time = redis.call('TIME')
local clock = time[1] * 1000000 + time[2]
local now, current, previous = clock, 0, 0

local state = redis.call('GET', KEYS[1])
if state then
  local c, p, at = string.match(state, '^(%d+) (%d+) (%d+)$')
  c, p, at = tonumber(c), tonumber(p), tonumber(at)
  if at > now then now = at end
  local gone = math.floor(now / window) - math.floor(at / window)
  if gone == 0 then
    current, previous = c, p
  elseif gone >= 1 then
    previous = c
  end
end

local elapsed = now % window
local function used()
  return previous * (window - elapsed) + current * window
end

local allowed = used() + cost * window <= limit * window
if allowed then current = current + cost end

-- Nothing is left of a count when the window after its own has passed.
local reset = 0
local keep = 10 * window
if current > 0 then
  reset = 2 * window - elapsed
elseif previous > 0 then
  reset = window - elapsed
end
if allowed then
  local ttl = math.ceil((keep + now - clock) / 1000)
  redis.call('SET', KEYS[1], string.format('%d %d %.0f', current, previous, now), 'PX', ttl)
end

local retry = 0
if not allowed then
  if cost > limit then
    retry = -1
  elseif current + cost <= limit then
    -- Within this window: the last one's weight has to shrink.
    retry = math.ceil((used() + (cost - limit) * window) / previous)
  else
    -- In the next window, where this one's count is the last one's.
    retry = window - elapsed + math.ceil((current + cost - limit) * window / current)
  end
end
local remaining = math.max(0, math.floor((limit * window - used()) / window))
return { allowed and 1 or 0, remaining, retry, reset, now }
