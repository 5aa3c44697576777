-- KEYS[2] places, KEYS[3] slots; from ARGV[6] on three for each write: kind, key, value.
local how, term, life = standing()
if how == 'repeated' then
  return {'done', cmsgpack.unpack(redis.call('HGET', KEYS[1], 'refused') or cmsgpack.pack({}))}
elseif how ~= 'next' then
  return {how, term or '0', life or '0'}
end
local refused = {}
for i = 6, #ARGV, 3 do
  local kind, key, value = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  if kind == 'PUT_PLACE' then
    redis.call('HSET', KEYS[2], key, value)
  elseif kind == 'DROP_PLACE' then
    redis.call('HDEL', KEYS[2], key)
  elseif kind == 'TAKE_SLOT' then
    if redis.call('HSETNX', KEYS[3], key, value) == 0 then
      local holder = redis.call('HGET', KEYS[3], key)
      if holder ~= value then
        refused[#refused + 1] = key
        refused[#refused + 1] = holder
      end
    end
  elseif kind == 'FREE_SLOT' then
    if redis.call('HGET', KEYS[3], key) == value then
      redis.call('HDEL', KEYS[3], key)
    end
  elseif kind == 'PUT_QUEUE' then
    redis.call('HSET', KEYS[1], 'record', value)
  elseif kind == 'CLEAR' then
    redis.call('DEL', KEYS[2], KEYS[3])
  end
end
redis.call('HSET', KEYS[1], 'number', ARGV[4], 'refused', cmsgpack.pack(refused))
return {'done', refused}
