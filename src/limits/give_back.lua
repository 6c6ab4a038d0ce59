-- Gives the last event of a key back. KEYS[1]: the key. ARGV[1]: the interval in microseconds.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local arrival = tonumber(redis.call('GET', KEYS[1]) or 0) - tonumber(ARGV[1])
if arrival <= now then
    return redis.call('DEL', KEYS[1])
end
local life = math.max(math.ceil((arrival - now) / 1000), 1)
redis.call('SET', KEYS[1], string.format('%.0f', arrival), 'PX', string.format('%.0f', life))
return 1
