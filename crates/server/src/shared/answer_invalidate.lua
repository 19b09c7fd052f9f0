-- Takes an entry out. KEYS: the stage's version, the key's version, the entry. ARGV: seconds for which the new version is kept.
local time = redis.call('TIME')
local version = time[1] * 1000000 + time[2]
redis.call('SET', KEYS[2], string.format('%.0f', version), 'EX', ARGV[1])
redis.call('DEL', KEYS[3])
return { tonumber(redis.call('GET', KEYS[1]) or '0'), version }
