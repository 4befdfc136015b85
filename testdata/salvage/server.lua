-- What server.rdb.zst was made of: redis-server 7.0.15, empty, ran this by `redis-cli eval "$(cat server.lua)" 0 185`, then SAVE.
local salt = tonumber(ARGV[1])
local function job(queue, i)
    return string.format("{\"retry\":true,\"queue\":\"%s\",\"class\":\"Worker%d\",\"args\":[%d,\"some text of %d\"],\"jid\":\"%024d\",\"created_at\":17%08d.25}",
        queue, i % 17, i * salt, i * 7919 % 10007, i + salt * 1000000, i * 31 % 100000000)
end
for i = 1, 20000 do redis.call("lpush", "queue:default", job("default", i)) end
for i = 1, 900 do
    redis.call("zadd", "schedule", 1.7e9 + i * 0.25, job("later", i))
    redis.call("zadd", "retry", 1.7e9 - i, job("low", 50000 + i))
    redis.call("hset", "user:" .. i, "name", "user " .. i * salt, "age", i % 90, "mail", "u" .. i .. "@example.com")
    redis.call("set", "cache:" .. i, string.rep("text of fragment " .. i * salt .. " ", i % 40 + 1))
    redis.call("expireat", "cache:" .. i, 4102444800 + i)
    redis.call("sadd", "tags:" .. i % 60, "tag-" .. i * salt, i)
    redis.call("xadd", "events", "*", "number", i * salt, "what", "event " .. i)
end
for i = 1, 700 do redis.call("hset", "large", "field-" .. i, "value " .. i * salt) end
redis.call("xgroup", "create", "events", "group", "0")
redis.call("xreadgroup", "group", "group", "reader", "count", 20, "streams", "events", ">")
redis.call("select", 3)
for i = 1, 3000 do redis.call("lpush", "queue:low", job("low", i)) end
for i = 1, 300 do redis.call("set", "stat:" .. i, i * salt) end
redis.call("select", 9)
for i = 1, 200 do redis.call("zadd", "scores", i / 3, "member " .. i * salt); redis.call("set", "last:" .. i, "the last " .. i) end
