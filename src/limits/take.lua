-- Takes the next event from a key, unless it is longer away than patience: GCRA, as gcra.rs has it.
-- KEYS[1]: the key. ARGV: interval, tolerance and patience in microseconds.
-- Answers whether it was taken, the microseconds until the event, and those until all are there again.
local interval, tolerance, patience = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
-- The one clock that all replicas share: theirs may differ.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local arrival = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
-- Further ahead than can come of events it is only where that clock was set back.
arrival = math.min(arrival, now + tolerance + patience + interval)
local wait = math.max(arrival - now - tolerance, 0)
if wait > patience then
    return {0, wait, arrival - now}
end
arrival = arrival + interval
-- Once the time has come the key is as good as none.
local life = math.max(math.ceil((arrival - now) / 1000), 1)
redis.call('SET', KEYS[1], string.format('%.0f', arrival), 'PX', string.format('%.0f', life))
return {1, wait, arrival - now}
