-- KEYS: presence of one user. How many nodes have said lately that the user is there.
local now = redis.call('TIME')
return redis.call('ZCOUNT', KEYS[1], '(' .. now[1] * 1000 + math.floor(now[2] / 1000), '+inf')
