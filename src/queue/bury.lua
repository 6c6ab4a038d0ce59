-- Keeps a job that was given up. KEYS[1]: the dead letters. ARGV: why, the parcel, how many to keep.
local letter = redis.call('TIME')[1] .. ' ' .. ARGV[1] .. ' ' .. ARGV[2]
redis.call('LPUSH', KEYS[1], letter)
redis.call('LTRIM', KEYS[1], 0, ARGV[3] - 1)
return 1
