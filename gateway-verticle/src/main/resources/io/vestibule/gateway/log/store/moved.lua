-- Tells which logs of a shard moved, as ShardLog.moved does, or ShardLog.movedSince.
-- KEYS: shard, moved
-- ARGV: lineage and version that are known, heads, prefix of the shard's keys, lineage (should the shard have to be made), a time (ms) since when (empty: since the version)
redis.call('HSETNX', KEYS[1], 'lineage', ARGV[5])
local state = redis.call('HMGET', KEYS[1], 'lineage', 'version')
state[2] = state[2] or '0'
local most = tonumber(ARGV[3])
local heads, version = {}, state[2]

-- Whether it is to be told of the next.
local function add(topic, moved, since)
  local log = redis.call('HMGET', ARGV[4] .. 'log:' .. topic, 'epoch', 'head', 'at')
  local at = log[3] or '0'
  if log[1] and tonumber(at) >= since then
    heads[#heads + 1] = {topic, log[1], log[2], moved, at}
  end
  return not log[1] or tonumber(at) >= since
end

if ARGV[6] == '' then
  local since = state[1] == ARGV[1] and ARGV[2] or '0'
  local topics = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. since, '+inf', 'WITHSCORES', 'LIMIT', 0, most + 1)
  for i = 1, #topics, 2 do
    if i > most * 2 then
      version = topics[i - 1]
      break
    end
    add(topics[i], topics[i + 1], 0)
  end
else
  -- The later the version, the later the time.
  local CHUNK, from, more = 100, 0, true
  while more do
    local topics = redis.call('ZREVRANGE', KEYS[2], from, from + CHUNK - 1, 'WITHSCORES')
    more = #topics > 0
    for i = 1, #topics, 2 do
      more = more and #heads < most and add(topics[i], topics[i + 1], tonumber(ARGV[6]))
    end
    from = from + CHUNK
  end
end
return {state[1], version, heads}
