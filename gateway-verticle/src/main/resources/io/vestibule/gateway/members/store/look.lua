-- What was said last of users in topics; an empty text where that is nothing.
-- KEYS: room of each
-- ARGV: user of each
local words = {}
for i = 1, #KEYS do
  words[i] = redis.call('HGET', KEYS[i], '=' .. ARGV[i]) or ''
end
return words
