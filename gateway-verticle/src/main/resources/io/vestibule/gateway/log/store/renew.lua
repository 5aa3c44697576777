-- Begins a new epoch of a log that is not as far as somebody knows it to have been, as ShardLog.renew does.
-- KEYS: shard, moved, messages, log, keys, writers, cursors
-- ARGV: topic, epoch and offset that are known, the epoch to begin
local known = redis.call('HMGET', KEYS[4], 'epoch', 'head')
if known[1] ~= ARGV[2] or tonumber(known[2]) >= tonumber(ARGV[3]) then
  return 0
end
local version = string.format('%.0f', redis.call('HINCRBY', KEYS[1], 'version', 1))
redis.call('DEL', KEYS[3], KEYS[5], KEYS[6])
redis.call('HSET', KEYS[4], 'epoch', ARGV[4], 'head', '0', 'version', version, 'bytes', '0', 'at', redis.call('HGET', KEYS[1], 'clock') or '0')
redis.call('ZADD', KEYS[2], version, ARGV[1])
return 1
