-- Puts what is left of a job in its place, in one step. KEYS: ready, delayed, and how many
-- jobs there are of each application.
-- ARGV: the group, the job's entry, how many jobs there may be; then a delay in milliseconds and a
-- parcel for each that is left. Answers whether it did; what somebody else finished is let be.
local ready, delayed, counts, group, entry = KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2]
if #redis.call('XPENDING', ready, group, entry, entry, 1) == 0 then
    return 1
end
local left = (#ARGV - 3) / 2
if redis.call('XLEN', ready) + redis.call('ZCARD', delayed) - 1 + left > tonumber(ARGV[3]) then
    return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 4, #ARGV, 2 do
    if tonumber(ARGV[i]) > 0 then
        redis.call('ZADD', delayed, string.format('%.0f', now + tonumber(ARGV[i])), ARGV[i + 1])
    else
        redis.call('XADD', ready, '*', 'job', ARGV[i + 1])
    end
end
-- What is left of a job is of its own application, and so they count as many more as they are, less one.
redis.call('HINCRBY', counts, string.match(ARGV[5], '^[^:]*'), left - 1)
-- After what may be refused for want of memory.
redis.call('XACK', ready, group, entry)
redis.call('XDEL', ready, entry)
return 1
