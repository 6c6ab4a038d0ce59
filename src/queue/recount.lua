-- Counts anew how many jobs there are of each application, which a release that counts none, or a Redis that had
-- no memory left, may have miscounted. KEYS: ready, delayed, and the counts.
local ready, delayed, counts = KEYS[1], KEYS[2], KEYS[3]
local found = {}
local function count(parcel)
    local app = string.match(parcel, '^[^:]*')
    found[app] = (found[app] or 0) + 1
end

local from = '-'
while true do
    local entries = redis.call('XRANGE', ready, from, '+', 'COUNT', 500)
    for _, entry in ipairs(entries) do
        count(entry[2][2])
    end
    if #entries < 500 then
        break
    end
    from = '(' .. entries[#entries][1]
end
for _, parcel in ipairs(redis.call('ZRANGE', delayed, 0, -1)) do
    count(parcel)
end
redis.call('DEL', counts)
for app, jobs in pairs(found) do
    redis.call('HSET', counts, app, jobs)
end
return 1
