-- The topics that users may be members of.
-- KEYS: hints of each
local topics = {}
for i = 1, #KEYS do
  topics[i] = redis.call('SMEMBERS', KEYS[i])
end
return topics
