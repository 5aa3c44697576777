-- Makes users members of a topic, or members no more, as ShardMembers.change does: all of it, or nothing where there is no room.
-- KEYS: room
-- ARGV: now (ms), member (1 or 0), epoch, offset, most members, how long removals are remembered (ms), then users
-- A field of the room is '=' and a user: member, at, since, epoch, offset. The field '#' counts members.
local room, now, member, most, kept = KEYS[1], tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[5]), tonumber(ARGV[6])
local count = tonumber(redis.call('HGET', room, '#') or 0)

local function whole(n)
  return string.format('%.0f', n)
end

local before, news = {}, 0
for i = 7, #ARGV do
  local word = redis.call('HGET', room, '=' .. ARGV[i])
  before[i] = word or ''
  if member == '1' and string.sub(before[i], 1, 1) ~= '1' then
    news = news + 1
  end
end
if count + news > most then
  return {1, count, {}}
end

local words = {}
for i = 7, #ARGV do
  local word = before[i]
  if string.sub(word, 1, 1) ~= member then
    local at, since = whole(now), whole(now)
    if word ~= '' then
      local said, began = string.match(word, '^%S+ (%S+) (%S+)')
      at = whole(math.max(now, tonumber(said) + 1))
      since = began
    end
    if member == '1' then
      word = '1 ' .. at .. ' ' .. at .. ' ' .. ARGV[3] .. ' ' .. ARGV[4]
      count = count + 1
    else
      if word ~= '' then
        count = count - 1
      end
      word = '0 ' .. at .. ' ' .. since .. ' 0 0'
    end
    redis.call('HSET', room, '=' .. ARGV[i], word, '#', whole(count))
  end
  words[#words + 1] = word
end

-- Of those who are no members any more not more are remembered than there may be members, and none for longer than that.
local gone = redis.call('HLEN', room) - 1 - count
if member == '0' and (gone > most or gone % 100 == 99) then
  local graves, all = {}, redis.call('HGETALL', room)
  for i = 1, #all, 2 do
    local at = string.match(all[i + 1], '^0 (%S+) ')
    if at and string.sub(all[i], 1, 1) == '=' then
      graves[#graves + 1] = {all[i], tonumber(at)}
    end
  end
  table.sort(graves, function(a, b)
    return a[2] < b[2] or a[2] == b[2] and a[1] < b[1]
  end)
  for i = 1, #graves do
    if i <= #graves - most or graves[i][2] + kept <= now then
      redis.call('HDEL', room, graves[i][1])
    end
  end
end
if count == 0 then
  redis.call('PEXPIRE', room, kept)
else
  redis.call('PERSIST', room)
end
return {0, count, words}
