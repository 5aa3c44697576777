-- What scripts share that have logs of a shard go on in other epochs: with everything that they have.

-- Their offsets stay as they are, and so do their readers.
local function follow(cursors, from, to)
  local all = redis.call('HGETALL', cursors)
  for i = 1, #all, 2 do
    local epoch, place = string.match(all[i + 1], '^(%S+)( .*)$')
    if epoch == from then
      redis.call('HSET', cursors, all[i], to .. place)
    end
  end
end

-- One of them: nobody can tell what of it is known already. Its appends stay spent.
local function renew(prefix, topic, to, version, clock)
  local log, writers, at = prefix .. 'log:' .. topic, prefix .. 'writers:' .. topic, string.format('%.0f', version)
  local known = redis.call('HMGET', log, 'epoch', 'head')
  redis.call('HSET', log, 'epoch', to, 'began', known[2], 'version', at, 'at', clock)
  redis.call('ZADD', prefix .. 'moved', at, topic)
  follow(prefix .. 'cursors:' .. topic, known[1], to)
  local all = redis.call('HGETALL', writers)
  for i = 1, #all, 2 do
    local call, rest = string.match(all[i + 1], '^(%S+ %S+ )%S+( .*)$')
    if call then
      redis.call('HSET', writers, all[i], call .. to .. rest)
    end
  end
end

-- How far the shard of a lineage is known to have been, by all that is known: lineages and versions.
local function known_version(known, lineage)
  for its, version in string.gmatch(known, '(%S+) (%S+)') do
    if its == lineage then
      return tonumber(version)
    end
  end
  return 0
end

-- All of them, and what is made next is nobody's first: some may have been there. Says which version the shard has then.
local function renew_all(prefix, first_epoch, version, clock)
  local epoch = math.floor(tonumber(first_epoch) / 4) * 4
  for _, topic in ipairs(redis.call('ZRANGE', prefix .. 'moved', 0, -1)) do
    if redis.call('EXISTS', prefix .. 'log:' .. topic) == 1 then
      epoch = epoch + 4
      version = version + 1
      renew(prefix, topic, string.format('%.0f', epoch), version, clock)
    end
  end
  redis.call('HSET', prefix .. 'shard', 'version', string.format('%.0f', version), 'forgot', '1')
  return version
end

