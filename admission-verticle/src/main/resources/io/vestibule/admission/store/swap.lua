-- What was written aside (KEYS[4] places, KEYS[5] slots) takes the place of what is there (KEYS[2], KEYS[3]).
local how, term, life = standing()
if how == 'repeated' then
  return {'done'}
elseif how ~= 'next' then
  return {how, term or '0', life or '0'}
end
for i = 2, 3 do
  if redis.call('EXISTS', KEYS[i + 2]) == 1 then
    redis.call('RENAME', KEYS[i + 2], KEYS[i])
  else
    redis.call('DEL', KEYS[i])
  end
end
redis.call('HSET', KEYS[1], 'number', ARGV[4])
redis.call('HDEL', KEYS[1], 'refused')
return {'done'}
