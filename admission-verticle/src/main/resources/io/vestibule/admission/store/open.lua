-- Raises the fence.
local how, term, life = standing()
if how == 'fenced' or how == 'overtaken' then
  return {how, term or '0', life or '0'}
end
redis.call('HSET', KEYS[1], 'incarnation', ARGV[1], 'term', ARGV[2], 'owner', ARGV[3], 'number', ARGV[4])
redis.call('HDEL', KEYS[1], 'refused')
return {'done'}
