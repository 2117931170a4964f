-- Appends a message to a stream, once. One step: nobody can come between the look for the id, the next number, and the publication.
-- KEYS: the log; the mark of this (from, id).
-- ARGV: the message as JSON; messages to keep; ms to remember the id; ms until an unused log is forgotten; the channel.
-- Returns {seq, 1 when it was new}.
local new = cjson.decode(ARGV[1])
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do
  local old = cjson.decode(entry[2][2])
  if old.from == new.from and old.id == new.id then
    return { tonumber(string.match(entry[1], '^%d+')), 0 }
  end
end

local seq
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if last[1] then
  seq = tonumber(string.match(last[1][1], '^%d+')) + 1
else
  -- An emptied log (an inbox) remembers its last id. A new one starts at the clock, above every log that was here before.
  local info = redis.pcall('XINFO', 'STREAM', KEYS[1])
  if info.err then
    local now = redis.call('TIME')
    seq = now[1] * 1000000 + now[2]
  else
    for i = 1, #info, 2 do
      if info[i] == 'last-generated-id' then
        seq = tonumber(string.match(info[i + 1], '^%d+')) + 1
      end
    end
  end
end

-- '%.0f': tostring would write 1.7e+15.
local id = string.format('%.0f', seq)
redis.call('XADD', KEYS[1], 'MAXLEN', '=', ARGV[2], id .. '-0', 'm', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('SET', KEYS[2], id, 'PX', ARGV[3])
redis.call('PUBLISH', ARGV[5], id .. ' ' .. ARGV[1])
return { seq, 1 }
