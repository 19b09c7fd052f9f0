-- Says that a gateway is there, and forgets those that have not said so for a while.
-- KEYS: where they are noted. ARGV: the gateway, the seconds after which one is forgotten, and a moment in microseconds, 0 for now.
-- Answers how many there are, how many of them have said so since that moment, and the moment of this call.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local since = tonumber(ARGV[3])
if since == 0 then since = now end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - ARGV[2] * 1000000))
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return { redis.call('ZCARD', KEYS[1]), redis.call('ZCOUNT', KEYS[1], string.format('%.0f', since), '+inf'), now }
