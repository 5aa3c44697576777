-- Puts messages at the end of a topic's log, as ShardLog.append does, then drops what is beyond its bounds.
-- KEYS: shard, moved, messages, log, keys, writers, cursors
-- ARGV: topic, writer, number, now (ms), epoch and lineage (should they have to be made), messages, age (ms), bytes, idle (ms), prefix of the shard's keys,
-- term (empty where there is but one store), epoch that a log goes on in which got more elsewhere (empty: none), writers and numbers that are spent there,
-- lineages and versions that the shard is known to have had, then key, origin, payload of each
local shard, moved, messages, log, keys, writers = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local topic, writer, number = ARGV[1], ARGV[2], tonumber(ARGV[3])
local most, age, bytes_most, idle = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local ENTRY, WRITERS, WRITER_MS, SPENT = 88, 64, 60000, '-'

local function whole(n)
  return string.format('%.0f', n)
end

local function cost(key, payload)
  return ENTRY + #payload + (key == '' and 0 or ENTRY + #key - 1)
end

-- What was sent in a term that is over comes too late.
if ARGV[12] ~= '' then
  local term = redis.call('HGET', shard, 'term')
  if term and tonumber(term) > tonumber(ARGV[12]) then
    return {'fenced', term}
  end
  if term ~= ARGV[12] then
    redis.call('HSET', shard, 'term', ARGV[12])
  end
end

redis.call('HSETNX', shard, 'lineage', ARGV[6])
local state = redis.call('HMGET', shard, 'lineage', 'version', 'clock')
local lineage, version = state[1], tonumber(state[2] or 0)
local clock = math.max(tonumber(state[3] or 0), tonumber(ARGV[4]))

-- It was restored from the past, and what it gave away since may be known by others: nothing is put there before every log is in another epoch.
local expected = known_version(ARGV[15], lineage)
if expected > version then
  version = renew_all(ARGV[11], ARGV[5], expected, whole(clock))
end

-- A log that has been idle for too long is gone, and may begin anew; what names it goes now and then.
for _, old in ipairs(redis.call('ZRANGE', moved, 0, 1)) do
  if old ~= topic and redis.call('EXISTS', ARGV[11] .. 'log:' .. old) == 0 then
    redis.call('ZREM', moved, old)
    redis.call('HSET', shard, 'forgot', '1')
  end
end

local known = redis.call('HMGET', log, 'epoch', 'head', 'version', 'bytes')
if not known[1] then
  redis.call('DEL', messages, keys, writers, KEYS[7])
  known = {ARGV[5], '0', '0', '0'}
  -- It may not be the first, see Epoch.ofAnother.
  if tonumber(known[1]) % 2 == 1 and (redis.call('HEXISTS', shard, 'forgot') == 1 or redis.call('ZSCORE', moved, topic)) then
    known[1] = whole(math.floor(tonumber(known[1]) / 4) * 4 + 3)
  end
end
if redis.call('EXISTS', messages) == 0 then
  redis.call('DEL', keys)
  known[4] = '0'
end
local epoch, head, before, bytes = known[1], tonumber(known[2]), tonumber(known[3]), tonumber(known[4])

local last = redis.call('HGET', writers, writer)
if last then
  local n, answer = string.match(last, '^(%d+) %d+ (.*)$')
  if number < tonumber(n) or number == tonumber(n) and answer == SPENT then
    return {'overtaken'}
  elseif number == tonumber(n) then
    return {'done', answer}
  end
end

-- A log that got messages elsewhere goes on in an epoch of its own, with the offsets that it has.
if ARGV[13] ~= '' and epoch ~= ARGV[13] then
  follow(KEYS[7], epoch, ARGV[13])
  epoch = ARGV[13]
  version = version + 1
  before = version
end
for spent, at in string.gmatch(ARGV[14], '(%S+) (%S+)') do
  redis.call('HSET', writers, spent, at .. ' ' .. whole(clock) .. ' ' .. SPENT)
end

local first = version + 1
local now = before
local offsets = {}
for i = 16, #ARGV, 3 do
  local key, origin, payload = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local same = key ~= '' and redis.call('HGET', keys, key)
  if same then
    offsets[#offsets + 1] = '-' .. same
  else
    head = head + 1
    version = version + 1
    now = version
    bytes = bytes + cost(key, payload)
    redis.call('XADD', messages, whole(head) .. '-0', 'v', whole(version), 't', whole(clock), 'o', origin, 'k', key, 'p', payload)
    if key ~= '' then
      redis.call('HSET', keys, key, whole(head))
    end
    offsets[#offsets + 1] = whole(head)
  end
end

while true do
  local oldest = redis.call('XRANGE', messages, '-', '+', 'COUNT', 1)[1]
  if not oldest then
    break
  end
  local fields, length = oldest[2], redis.call('XLEN', messages)
  if length <= most and tonumber(fields[4]) + age > clock and (bytes <= bytes_most or length == 1) then
    break
  end
  redis.call('XDEL', messages, oldest[1])
  bytes = bytes - cost(fields[8], fields[10])
  if fields[8] ~= '' then
    redis.call('HDEL', keys, fields[8])
  end
end

local answer = epoch .. ' ' .. lineage .. ' ' .. whole(before) .. ' ' .. whole(first) .. ' ' .. table.concat(offsets, ',')
redis.call('HSET', writers, writer, whole(number) .. ' ' .. whole(clock) .. ' ' .. answer)
if redis.call('HLEN', writers) > WRITERS then
  local all = redis.call('HGETALL', writers)
  for i = 1, #all, 2 do
    local at = string.match(all[i + 1], '^%d+ (%d+)')
    if tonumber(at) + WRITER_MS < clock then
      redis.call('HDEL', writers, all[i])
    end
  end
end
redis.call('HSET', shard, 'version', whole(version), 'clock', whole(clock))
if ARGV[13] ~= '' and now ~= tonumber(known[3]) then
  -- What came elsewhere may be known already.
  redis.call('HSET', log, 'began', whole(head))
end
redis.call('HSET', log, 'epoch', epoch, 'head', whole(head), 'version', whole(now), 'bytes', whole(bytes), 'age', whole(age))
if now ~= tonumber(known[3]) then
  redis.call('HSET', log, 'at', whole(clock))
end
redis.call('ZADD', moved, whole(now), topic)
redis.call('PEXPIRE', messages, whole(age + WRITER_MS))
redis.call('PEXPIRE', keys, whole(age + WRITER_MS))
redis.call('PEXPIRE', writers, WRITER_MS * 2)
redis.call('PEXPIRE', log, whole(age + idle))
return {'done', answer}
