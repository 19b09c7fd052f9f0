-- Decides a batch of requests at one moment of this server's clock. Only integers below 2^53 are added, so that nothing is rounded.
-- KEYS: what is counted. ARGV: for each key its kind and three or five numbers, then for each ask the number of requests, the
-- number of keys, and their indices.
-- A bucket is kept as the moment at which it is full: microseconds since 1970 and the nanoseconds beyond them. A quota is the number
-- that was counted here, and where that is greater behind it what was used at least, as a gateway found it written elsewhere.
-- Answers for each ask how many are let in and the index of the key that has none for the others (0 where all are let in), then
-- for each key two numbers: the nanoseconds until it is full and 0, or both numbers of the quota (0 where the second is not kept).
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
    local requests, least, owed, recalled = number(), number(), number(), number()
    meter.seconds = number()
    local counted, found = string.match(kept or '', '^(%d+) ?(%d*)$')
    -- Less than nothing is owed where a request was counted that was not let in. What others owe may be in what was found written, so
    -- nothing is added to that.
    meter.counted = math.max(math.max(tonumber(counted) or 0, least) + owed, 0)
    meter.recalled = math.max((tonumber(found) or 0) + math.min(owed, 0), recalled)
    meter.kept = kept
    meter.left = math.max(0, requests - math.max(meter.counted, meter.recalled))
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
    answer[#answer + 1] = 0
  else
    local counted, recalled = meter.counted + meter.taken, meter.recalled + meter.taken
    local text = string.format('%.0f', counted)
    if recalled > counted then
      text = text .. string.format(' %.0f', recalled)
    else
      -- Both grow alike from here on: it says no more.
      recalled = 0
    end
    if meter.taken > 0 or (text ~= meter.kept and (text ~= '0' or meter.kept)) then
      redis.call('SET', meter.key, text, 'EX', meter.seconds)
    end
    answer[#answer + 1] = counted
    answer[#answer + 1] = recalled
  end
end
return answer
