-- Everything of a shard that was kept elsewhere is here: what is left of it there, in a half that was away, is not brought again.
-- KEYS: shard
-- ARGV: term, lineage of the shard that it was kept in, how many are remembered
local term = redis.call('HGET', KEYS[1], 'term')
if term and tonumber(term) > tonumber(ARGV[1]) then
  return {'fenced', term}
end
local known = {ARGV[2]}
for lineage in string.gmatch(redis.call('HGET', KEYS[1], 'brought') or '', '%S+') do
  if lineage ~= ARGV[2] and #known < tonumber(ARGV[3]) then
    known[#known + 1] = lineage
  end
end
redis.call('HSET', KEYS[1], 'brought', table.concat(known, ' '))
return {'done'}
