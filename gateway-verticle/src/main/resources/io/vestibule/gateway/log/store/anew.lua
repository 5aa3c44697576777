-- A shard that missed what was kept elsewhere: from now on nothing is taken of an earlier term, and what is in it may be known already.
-- KEYS: shard, moved
-- ARGV: term, lineage, prefix of the shard's keys, epoch that the first log goes on in if all have to (else empty), the term that it was kept elsewhere in: they do so once for it
local term = redis.call('HGET', KEYS[1], 'term')
if term and tonumber(term) > tonumber(ARGV[1]) then
  return {'fenced', term}
end
if term ~= ARGV[1] then
  redis.call('HSET', KEYS[1], 'term', ARGV[1], 'lineage', ARGV[2])
  redis.call('HSETNX', KEYS[1], 'version', '0')
end
if ARGV[4] ~= '' and redis.call('HGET', KEYS[1], 'renamed') ~= ARGV[5] then
  redis.call('HSET', KEYS[1], 'renamed', ARGV[5])
  for i, topic in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
    local log = ARGV[3] .. 'log:' .. topic
    if redis.call('EXISTS', log) == 1 then
      local before, epoch = redis.call('HGET', log, 'epoch'), string.format('%.0f', tonumber(ARGV[4]) + 4 * (i - 1))
      redis.call('HSET', log, 'epoch', epoch)
      -- Its offsets stay as they are, and so do its readers.
      local cursors = ARGV[3] .. 'cursors:' .. topic
      local all = redis.call('HGETALL', cursors)
      for j = 1, #all, 2 do
        local its_epoch, place = string.match(all[j + 1], '^(%S+)( .*)$')
        if its_epoch == before then
          redis.call('HSET', cursors, all[j], epoch .. place)
        end
      end
    end
  end
end
return {'done'}
