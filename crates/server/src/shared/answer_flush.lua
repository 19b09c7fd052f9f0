-- Takes all entries of a stage out: they are of another version. KEYS: the stage's version. ARGV: seconds for which it is kept.
local time = redis.call('TIME')
redis.call('SET', KEYS[1], string.format('%.0f', time[1] * 1000000 + time[2]), 'EX', ARGV[1])
return 0
