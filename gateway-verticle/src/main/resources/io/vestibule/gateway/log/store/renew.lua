-- Begins a new epoch of a log that is not as far as somebody knows it to have been, as ShardLog.renew does; of all logs, if that is so of the shard.
-- KEYS: shard, moved, messages, log, keys, writers, cursors
-- ARGV: topic, epoch and offset that are known, the epoch to begin, prefix of the shard's keys, lineages and versions that the shard is known to have had
local state = redis.call('HMGET', KEYS[1], 'lineage', 'version', 'clock')
local clock = state[3] or '0'
local expected = known_version(ARGV[6], state[1])
if expected > tonumber(state[2] or 0) then
  renew_all(ARGV[5], ARGV[4], expected, clock)
  return 1
end
local known = redis.call('HMGET', KEYS[4], 'epoch', 'head')
if known[1] ~= ARGV[2] or tonumber(known[2]) >= tonumber(ARGV[3]) then
  return 0
end
renew(ARGV[5], ARGV[1], ARGV[4], redis.call('HINCRBY', KEYS[1], 'version', 1), clock)
return 1
