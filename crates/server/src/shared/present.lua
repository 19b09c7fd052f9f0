-- Says that a gateway is there, forgets those that have not said so for a while, and counts the others.
-- KEYS: where they are noted. ARGV: the gateway, and the seconds after which one is forgotten.
local now = redis.call('TIME')[1]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return redis.call('ZCARD', KEYS[1])
