-- An entry, or the versions that what is put for it has to come with. KEYS: the stage's version, the key's version, the entry.
local stage = redis.call('GET', KEYS[1]) or '0'
local entry = redis.call('GET', KEYS[3])
local head = stage .. '\n'
-- One of before a flush is not there, though it is still kept.
if entry and string.sub(entry, 1, #head) == head then
  return string.sub(entry, #head + 1)
end
return { tonumber(stage), tonumber(redis.call('GET', KEYS[2]) or '0') }
