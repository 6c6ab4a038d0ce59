-- Takes a job in, if there is room. KEYS: ready, delayed.
-- ARGV: the parcel, how many jobs there may be, the delay in milliseconds. Answers whether it did.
local ready, delayed = KEYS[1], KEYS[2]
local parcel, capacity, delay = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
if redis.call('XLEN', ready) + redis.call('ZCARD', delayed) >= capacity then
    return 0
end
if delay > 0 then
    local time = redis.call('TIME')
    local due = time[1] * 1000 + math.floor(time[2] / 1000) + delay
    redis.call('ZADD', delayed, string.format('%.0f', due), parcel)
else
    redis.call('XADD', ready, '*', 'job', parcel)
end
return 1
