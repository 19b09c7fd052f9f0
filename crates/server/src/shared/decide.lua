-- Decides a batch of requests at one moment of this server's clock. Only integers below 2^53 are added, so that nothing is rounded.
-- KEYS: what is counted. ARGV: for each key its kind and three or four numbers, then for each ask the number of requests, the
-- number of keys, and their indices.
-- A bucket is kept as the moment at which it is full: microseconds since 1970 and the nanoseconds beyond them. A quota is a number.
-- Answers for each ask how many are let in and the index of the key that has none for the others (0 where all are let in), then
-- for each key the nanoseconds until it is full, or what was used.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local argument = 0
local function number()
  argument = argument + 1
  return tonumber(ARGV[argument])
end

local meters = {}
for index, key in ipairs(KEYS) do
  local kept = redis.pcall('GET', key)
  if type(kept) == 'table' then
    return redis.error_reply('WRONGTYPE the key `' .. key .. '` is not of a gateway')
  end
  argument = argument + 1
  local meter = { key = key, kind = ARGV[argument], taken = 0 }
  if meter.kind == 'bucket' then
    meter.token, meter.bucket = number(), number()
    local least = number()
    local us, ns = string.match(kept or '', '^(%d+) (%d+)$')
    meter.lacking = us and math.max(0, (us - now) * 1000 + ns) or 0
    -- Never more than all of it: this server's clock may have been set back, and a limit lowered.
    meter.lacking = math.min(math.max(meter.lacking, least), meter.bucket)
    meter.left = math.floor((meter.bucket - meter.lacking) / meter.token)
  else
    local requests, least, owed = number(), number(), number()
    meter.seconds = number()
    -- Less than nothing is owed where a request was counted that was not let in.
    meter.used = math.max(math.max(tonumber(kept or '0') or 0, least) + owed, 0)
    meter.is_changed = tostring(meter.used) ~= kept
    meter.kept = kept
    meter.left = math.max(0, requests - meter.used)
  end
  meters[index] = meter
end

local answer = {}
while argument < #ARGV do
  local granted, refused_by, asked = number(), 0, {}
  for index = 1, number() do
    local at = number()
    asked[index] = meters[at]
    if meters[at].left < granted then
      granted, refused_by = meters[at].left, at
    end
  end
  for _, meter in ipairs(asked) do
    meter.left = meter.left - granted
    meter.taken = meter.taken + granted
  end
  answer[#answer + 1] = granted
  answer[#answer + 1] = refused_by
end

for _, meter in ipairs(meters) do
  if meter.kind == 'bucket' then
    local lacking = meter.lacking + meter.taken * meter.token
    if lacking > 0 then
      local full = string.format('%.0f %.0f', now + math.floor(lacking / 1000), lacking % 1000)
      redis.call('SET', meter.key, full, 'PX', string.format('%.0f', math.floor(lacking / 1000000) + 1000))
    end
    answer[#answer + 1] = math.min(lacking, 9000000000000000000)
  else
    local used = meter.used + meter.taken
    if meter.taken > 0 or (meter.is_changed and (used > 0 or meter.kept)) then
      redis.call('SET', meter.key, string.format('%.0f', used), 'EX', meter.seconds)
    end
    answer[#answer + 1] = used
  end
end
return answer
