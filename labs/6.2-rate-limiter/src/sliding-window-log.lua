-- Sliding window, as a log: every unit that was let through is remembered until it is one window old.
--
-- KEYS[1]  the tenant's state: <KEY_PREFIX>{<tenant>}:sliding-window-log:<windowMs>
-- ARGV[1]  limit, units in a window
-- ARGV[2]  window, milliseconds
-- ARGV[3]  cost of this request, units
-- returns  { allowed (1 or 0), remaining, retry_after_us, reset_us, now_us }

-- Step 3. For now everybody passes.
return { 1, 0, 0, 0, 0 }
