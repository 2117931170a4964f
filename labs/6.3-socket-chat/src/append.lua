-- Step 4. Appends a message to a log, once, and publishes it: the next seq, the entry, the memory of its id, the publication, in one step.
return redis.error_reply('append.lua is not built yet')
