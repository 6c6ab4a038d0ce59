-- Takes a job in, if there is room. KEYS: ready, delayed, and how many jobs there are of each application.
-- ARGV: the parcel, how many jobs there may be, how many of one application, the delay in milliseconds.
-- Answers 1 if it did, 0 if there is no room, 2 if there is none for this application.
local ready, delayed, counts = KEYS[1], KEYS[2], KEYS[3]
local parcel, capacity, part, delay = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local app = string.match(parcel, '^[^:]*')
local all = redis.call('XLEN', ready) + redis.call('ZCARD', delayed)
if all >= capacity then
    return 0
end
local own = tonumber(redis.call('HGET', counts, app) or 0)
if own >= part then
    return 2
end
-- The last quarter is shared evenly, as room.rs has it.
local quarter = math.floor(capacity / 4)
if part < capacity and all >= capacity - quarter then
    local others = redis.call('HLEN', counts) - (own > 0 and 1 or 0)
    if own >= math.max(math.floor(quarter / (others + 1)), 1) then
        return 2
    end
end
if delay > 0 then
    local time = redis.call('TIME')
    local due = time[1] * 1000 + math.floor(time[2] / 1000) + delay
    redis.call('ZADD', delayed, string.format('%.0f', due), parcel)
else
    redis.call('XADD', ready, '*', 'job', parcel)
end
redis.call('HINCRBY', counts, app, 1)
return 1
