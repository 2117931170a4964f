-- KEYS: presence of one user. ARGV: this node, its TTL in ms. Each node has its own expiry, so that one that dies takes only its own word with it.
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ms)
redis.call('ZADD', KEYS[1], ms + ARGV[2], ARGV[1])
return 1
