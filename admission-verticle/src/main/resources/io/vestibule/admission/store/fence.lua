-- Comes before each script. KEYS[1] is the queue's fence; ARGV: incarnation, term, owner, number, the last number of this owner that Redis has answered.
local function standing()
  local f = redis.call('HMGET', KEYS[1], 'incarnation', 'term', 'owner', 'number')
  if not f[1] then
    return 'lost'
  end
  local incarnation = tonumber(ARGV[1]) - tonumber(f[1])
  local term = tonumber(ARGV[2]) - tonumber(f[2])
  if incarnation > 0 or (incarnation == 0 and term > 0) then
    return 'lost'
  end
  if incarnation < 0 or term < 0 or ARGV[3] ~= f[3] then
    return 'fenced', f[2], incarnation < 0 and f[1] or '0'
  end
  local number = tonumber(f[4])
  if number < tonumber(ARGV[5]) then
    return 'lost'
  end
  if tonumber(ARGV[4]) < number then
    return 'overtaken'
  end
  return tonumber(ARGV[4]) == number and 'repeated' or 'next'
end
