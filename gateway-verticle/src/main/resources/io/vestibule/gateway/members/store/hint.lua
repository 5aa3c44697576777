-- Says that users may be members of topics, or takes that back.
-- KEYS: hints of the user of each
-- ARGV: most topics of a user (-1: to take back), then the topic of each
local most = tonumber(ARGV[1])
local rooms = {}
for i = 1, #KEYS do
  local hints, topic = KEYS[i], ARGV[i + 1]
  rooms[i] = 0
  if most < 0 then
    redis.call('SREM', hints, topic)
  elseif redis.call('SISMEMBER', hints, topic) == 0 then
    if redis.call('SCARD', hints) >= most then
      rooms[i] = 1
    else
      redis.call('SADD', hints, topic)
    end
  end
end
return rooms
