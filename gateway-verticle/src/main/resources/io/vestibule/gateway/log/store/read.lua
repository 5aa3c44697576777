-- Reads a part of a topic's log, as Log.read does.
-- KEYS: messages, log, cursors, shard
-- ARGV: from (AFTER_OFFSET, AFTER_VERSION, SINCE_TIME, BEFORE_OFFSET, AFTER_CURSOR), point, messages, bytes, now (ms), and for AFTER_CURSOR its name and how long one is kept (ms)
local messages, log = KEYS[1], KEYS[2]
local from, point, most, room, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local CHUNK = 100

local known = redis.call('HMGET', log, 'epoch', 'head', 'age', 'began')
if not known[1] then
  return {'0', '1', '0', '0', {}, redis.call('HGET', KEYS[4], 'lineage') or '0', {}, '0'}
end
local head, age = tonumber(known[2]), tonumber(known[3])

local function whole(n)
  return string.format('%.0f', n)
end

local function offset(entry)
  return tonumber(string.match(entry[1], '^(%d+)'))
end

local cursor = {}
if from == 'AFTER_CURSOR' then
  local function of(name, text)
    local epoch, at, ms = string.match(text, '^(%S+) (%S+) (%S+)$')
    return tonumber(ms) + tonumber(ARGV[7]) > now and {name, epoch, at, ms} or nil
  end
  local own = redis.call('HGET', KEYS[3], ARGV[6])
  local best = own and of(ARGV[6], own)
  if not best then
    local kind = string.match(ARGV[6], '^[^/]*/')
    local all = redis.call('HGETALL', KEYS[3])
    for i = 1, #all, 2 do
      local other = string.sub(all[i], 1, #kind) == kind and of(all[i], all[i + 1])
      if other and other[2] == known[1] then
        local further = best and tonumber(other[3]) - tonumber(best[3])
        if not best or further > 0 or further == 0 and other[1] > best[1] then
          best = other
        end
      end
    end
  end
  cursor = best or {}
  from = 'AFTER_OFFSET'
  point = best and best[2] == known[1] and tonumber(best[3]) or 0
end

-- The oldest that has not become too old.
local first, at = head + 1, '-'
while at do
  local chunk = redis.call('XRANGE', messages, at, '+', 'COUNT', CHUNK)
  at = nil
  for _, entry in ipairs(chunk) do
    if tonumber(entry[2][4]) + age > now then
      first = offset(entry)
      at = nil
      break
    end
    at = whole(offset(entry) + 1)
  end
end

local backwards = from == 'BEFORE_OFFSET'
local start = math.max(first, point + 1)
if from == 'AFTER_VERSION' or from == 'SINCE_TIME' then
  -- Both rise with the offset.
  local field, known_to = from == 'SINCE_TIME' and 4 or 2, from == 'SINCE_TIME' and point - 1 or point
  start = head + 1
  local to = '+'
  while to do
    local chunk = redis.call('XREVRANGE', messages, to, whole(first), 'COUNT', CHUNK)
    to = nil
    for _, entry in ipairs(chunk) do
      to = nil
      if tonumber(entry[2][field]) <= known_to then
        break
      end
      start = offset(entry)
      to = whole(start - 1)
    end
    if to and tonumber(to) < first then
      to = nil
    end
  end
end

local entries
if backwards then
  local to = math.min(head, point - 1)
  entries = to < first and {} or redis.call('XREVRANGE', messages, whole(to), whole(first), 'COUNT', most + 1)
else
  entries = start > head and {} or redis.call('XRANGE', messages, whole(start), '+', 'COUNT', most + 1)
end
local found, more = {}, '0'
for i, entry in ipairs(entries) do
  local fields = entry[2]
  if i > most or i > 1 and #fields[10] > room then
    more = '1'
    break
  end
  room = room - #fields[10]
  found[i] = {whole(offset(entry)), fields[2], fields[4], fields[6], fields[8], fields[10]}
end
return {known[1], whole(first), whole(head), more, found, redis.call('HGET', KEYS[4], 'lineage') or '0', cursor, known[4] or '0'}
