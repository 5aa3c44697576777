-- Moves cursors of a shard's logs onwards, as ShardLog.move does.
-- KEYS: shard, then log and cursors of each
-- ARGV: now (ms), how long one is kept (ms), then name, epoch (0: the one that the log has), offset, and how many of its kind there may be, of each
local kept = tonumber(ARGV[2])
local now = math.max(tonumber(redis.call('HGET', KEYS[1], 'clock') or 0), tonumber(ARGV[1]))

local function whole(n)
  return string.format('%.0f', n)
end

local function parse(text)
  local epoch, offset, ms = string.match(text, '^(%S+) (%S+) (%S+)$')
  return epoch, tonumber(offset), tonumber(ms)
end

-- Another one of this name comes: what is too old goes, and the oldest of its kind.
local function make_room(cursors, name, most)
  local kind, same = string.match(name, '^[^/]*/'), {}
  local all = redis.call('HGETALL', cursors)
  for i = 1, #all, 2 do
    local _, _, ms = parse(all[i + 1])
    if ms + kept <= now then
      redis.call('HDEL', cursors, all[i])
    elseif string.sub(all[i], 1, #kind) == kind then
      same[#same + 1] = {all[i], ms}
    end
  end
  table.sort(same, function(a, b)
    return a[2] < b[2] or a[2] == b[2] and a[1] < b[1]
  end)
  for i = 1, #same + 1 - most do
    redis.call('HDEL', cursors, same[i][1])
  end
end

local places = {}
for i = 2, #KEYS, 2 do
  local log, cursors, at = KEYS[i], KEYS[i + 1], #places * 4 + 3
  local name, epoch, offset, most = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local known = redis.call('HMGET', log, 'epoch', 'head')
  if epoch == '0' and known[1] then
    epoch = known[1]
  end
  if known[1] ~= epoch or tonumber(known[2]) < offset then
    places[#places + 1] = '-1'
  else
    local ms = now
    local before = redis.call('HGET', cursors, name)
    if before then
      local its_epoch, its_offset, its_ms = parse(before)
      if its_ms + kept > now then
        ms = math.max(now, its_ms)
        if its_epoch == epoch then
          offset = math.max(offset, its_offset)
        end
      end
    else
      make_room(cursors, name, most)
    end
    redis.call('HSET', cursors, name, epoch .. ' ' .. whole(offset) .. ' ' .. whole(ms))
    redis.call('PEXPIRE', cursors, kept)
    places[#places + 1] = whole(offset)
  end
end
return places
