-- Token bucket: `capacity` tokens at most, `rate` of them come back every second.
--
-- KEYS[1]  the tenant's state: <KEY_PREFIX>{<tenant>}:token-bucket
-- ARGV[1]  capacity, whole tokens
-- ARGV[2]  rate, thousandths of a token a second (0.5 tokens a second: 500), a whole number
-- ARGV[3]  cost of this request, whole tokens
-- returns  { allowed (1 or 0), remaining, retry_after_us, reset_us, now_us }

-- Steps 1 and 2. For now everybody passes.
return { 1, 0, 0, 0, 0 }
