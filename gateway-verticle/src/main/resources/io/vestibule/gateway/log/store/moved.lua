-- Tells which logs of a shard moved, as ShardLog.moved does.
-- KEYS: shard, moved
-- ARGV: lineage and version that are known, heads, prefix of the shard's keys, lineage (should the shard have to be made)
redis.call('HSETNX', KEYS[1], 'lineage', ARGV[5])
local state = redis.call('HMGET', KEYS[1], 'lineage', 'version')
state[2] = state[2] or '0'
local since = state[1] == ARGV[1] and ARGV[2] or '0'
local most = tonumber(ARGV[3])
local topics = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. since, '+inf', 'WITHSCORES', 'LIMIT', 0, most + 1)
local heads, version = {}, state[2]
for i = 1, #topics, 2 do
  if i > most * 2 then
    version = topics[i - 1]
    break
  end
  local log = redis.call('HMGET', ARGV[4] .. 'log:' .. topics[i], 'epoch', 'head')
  if log[1] then
    heads[#heads + 1] = {topics[i], log[1], log[2], topics[i + 1]}
  end
end
return {state[1], version, heads}
