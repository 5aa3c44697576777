-- A shard that missed what was kept elsewhere: from now on nothing is taken of an earlier term, and what is in it may be known already.
-- KEYS: shard, moved
-- ARGV: term, lineage, prefix of the shard's keys, epoch after which those come that logs go on in if all have to, whether it is known which got more elsewhere (else all have to), the term that it was kept
-- elsewhere in: they do so once for it, lineage of the shard that it was kept in, where that cannot have got more since it was brought (else empty), lineages and versions that it is known to have had
local state = redis.call('HMGET', KEYS[1], 'term', 'lineage', 'version', 'renamed', 'brought', 'clock')
if state[1] and tonumber(state[1]) > tonumber(ARGV[1]) then
  return {'fenced', state[1]}
end
-- If it is behind what it was, it was restored from the past: what it gives away next may be known by others.
local version = tonumber(state[3] or 0)
local expected = known_version(ARGV[8], state[2])
local restored = expected > version
if restored then
  version = expected
end
if restored or ARGV[5] == '0' and state[4] ~= ARGV[6] then
  version = renew_all(ARGV[3], ARGV[4], version, state[6] or '0')
  redis.call('HSET', KEYS[1], 'renamed', ARGV[6])
end
redis.call('HSET', KEYS[1], 'term', ARGV[1], 'version', string.format('%.0f', version))
if ARGV[7] ~= '' and string.find(' ' .. (state[5] or '') .. ' ', ' ' .. ARGV[7] .. ' ', 1, true) then
  return {'brought'}
end
redis.call('HSET', KEYS[1], 'lineage', ARGV[2])
return {'done'}
