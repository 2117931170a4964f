-- Put before every script: what several scripts need. Functions that you write here can be called in all of them.
--
-- KEYS[1]  what every key begins with: <KEY_PREFIX>{jobs}:
--
-- Times are milliseconds; large numbers become text by %.0f, because .. would write 1.7e+12.

local BASE = KEYS[1]
local clock = redis.call('TIME')
local micros = clock[1] * 1000000 + clock[2]
local now = math.floor(micros / 1000)

local function text(n) return string.format('%.0f', n) end
local function key(id) return BASE .. 'job:' .. id end
