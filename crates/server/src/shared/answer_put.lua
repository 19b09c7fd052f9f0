-- Keeps an entry, unless it was invalidated or its stage flushed since its call began.
-- KEYS: the stage's version, the key's version, the entry. ARGV: both versions, milliseconds, the entry.
local stage = redis.call('GET', KEYS[1]) or '0'
if stage == ARGV[1] and (redis.call('GET', KEYS[2]) or '0') == ARGV[2] then
  redis.call('SET', KEYS[3], stage .. '\n' .. ARGV[4], 'PX', ARGV[3])
end
return 0
