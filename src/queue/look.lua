-- One look at the queue: strikes off what is done, brings what is due, gives out what a replica
-- that died was given, and then what is new. KEYS: ready, delayed, and how many jobs there are of each
-- application.
-- ARGV: the group, how many jobs to give out, after how many milliseconds of silence somebody
-- counts as dead, and the entries that are done.
-- Answers the entries given out (id, parcel, how often it was begun, this time counted), how many jobs there are,
-- for how many milliseconds the oldest has been ready, and how many jobs there are of each application that has any.
local ready, delayed, counts = KEYS[1], KEYS[2], KEYS[3]
local group, count, silence = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- One job less of the application that a parcel is for.
local function less(parcel)
    local app = string.match(parcel, '^[^:]*')
    local left = redis.pcall('HINCRBY', counts, app, -1)
    -- Where there is no memory to count in, it is begun anew.
    if type(left) ~= 'number' or left <= 0 then
        redis.call('HDEL', counts, app)
    end
end

-- An entry goes with its acknowledgement, and in no other way: nothing is trimmed by length.
for i = 4, #ARGV do
    local entry = redis.call('XRANGE', ready, ARGV[i], ARGV[i])[1]
    redis.call('XACK', ready, group, ARGV[i])
    if redis.call('XDEL', ready, ARGV[i]) == 1 then
        less(entry[2][2])
    end
end

local due = redis.call('ZRANGE', delayed, '-inf', string.format('%.0f', now), 'BYSCORE', 'LIMIT', 0, 100)
for _, parcel in ipairs(due) do
    local moved = redis.pcall('XADD', ready, '*', 'job', parcel)
    if type(moved) == 'table' and moved.err then
        break -- There is no memory: it stays where it is, and what is ready is still given out.
    end
    redis.call('ZREM', delayed, parcel)
end

-- All replicas are one consumer: what matters is how long ago a job was given out, not to whom.
local given, cursor = {}, '0-0'
while count > #given do
    -- By its id alone, so that it does not count before somebody begins with it.
    local found = redis.pcall('XAUTOCLAIM', ready, group, group, silence, cursor, 'COUNT', count - #given, 'JUSTID')
    if found.err then
        if not string.find(found.err, 'NOGROUP', 1, true) then
            return found
        end
        redis.call('XGROUP', 'CREATE', ready, group, '0', 'MKSTREAM')
        break
    end
    for _, id in ipairs(found[2]) do
        local entry = redis.call('XRANGE', ready, id, id)[1]
        if entry then
            local pending = redis.call('XPENDING', ready, group, id, id, 1)
            given[#given + 1] = {id, entry[2][2], pending[1][4] + 1}
        else
            redis.call('XACK', ready, group, id)
        end
    end
    cursor = found[1]
    if cursor == '0-0' then
        break
    end
end
if count > #given then
    local fresh = redis.call('XREADGROUP', 'GROUP', group, group, 'COUNT', count - #given, 'STREAMS', ready, '>')
    for _, entry in ipairs(fresh and fresh[1][2] or {}) do
        given[#given + 1] = {entry[1], entry[2][2], 1}
    end
end

local oldest = redis.call('XRANGE', ready, '-', '+', 'COUNT', 1)[1]
local age = oldest and math.max(now - tonumber(string.match(oldest[1], '^%d+')), 0) or 0
local depth = redis.call('XLEN', ready) + redis.call('ZCARD', delayed)
if depth == 0 then
    -- What a release miscounted that counts none must not last.
    redis.call('DEL', counts)
end
return {given, depth, age, redis.call('HGETALL', counts)}
