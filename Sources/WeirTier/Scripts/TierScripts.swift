import WeirRedis

/// What Redis does in one step. Every script touches the keys of one slot alone, and gives tokens and times as decimal
/// text: a Lua number holds no more than 53 bits.
enum TierScripts {
    /// Takes the lock where nobody has it.
    ///
    /// Keys: lock, fence, waiters. Arguments: its life in milliseconds, that of the fence.
    /// Answers `{token, written}`, or `{false, milliseconds left}` and notes that somebody waits.
    static let lock = RedisScript(
        """
        if redis.call('EXISTS', KEYS[1]) == 1 then
          redis.call('SET', KEYS[3], '1', 'PX', ARGV[2])
          return {false, redis.call('PTTL', KEYS[1])}
        end
        local token = redis.call('HINCRBY', KEYS[2], 'token', 1)
        redis.call('PEXPIRE', KEYS[2], ARGV[2])
        redis.call('SET', KEYS[1], token, 'PX', ARGV[1])
        return {token, redis.call('HGET', KEYS[2], 'written') or '0'}
        """
    )

    /// Keeps the lock. Keys: lock. Arguments: token, its life in milliseconds. Answers 1 where it was still held.
    static let renew = RedisScript(
        """
        if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
        return 0
        """
    )

    /// Writes an answer, unless a later one is there that its request could have; and takes away every older one that it
    /// could (RFC 9111 §4). One without `Vary` leaves those in place that other requests select (§4.1).
    ///
    /// Keys: answer, lock, fence, waiters, selecting names, the answer without `Vary`, and the one that the request selects
    /// under the names that stand there, where there are any. Arguments: token, milliseconds kept, value, channel, what is
    /// published, the life of the fence, the answer's field of it, ``StoreTarget/turn``, the field of the one that the
    /// request selects, the names that are believed to stand there, and those that take their place, if others do.
    ///
    /// Answers 1 where it was written, 0 where a later one has the word; or the names as they are, and nothing is done.
    static let store = RedisScript(
        fence + """
            local names = redis.call('GET', KEYS[5]) or ''
            if names ~= ARGV[10] then return names end
            local token, fence, own = ARGV[1], KEYS[3], ARGV[7]
            local isFirst = not (isBefore(token, fence, 'e') or isBefore(token, fence, own) or isBefore(token, fence, ARGV[8]))
            if isFirst then
              redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2])
              if own ~= 'e' then
                if ARGV[11] ~= '' then
                  redis.call('SET', KEYS[5], ARGV[11], 'PX', ARGV[2])
                  raise(fence, 'v', token, ARGV[6])
                elseif redis.call('PTTL', KEYS[5]) < tonumber(ARGV[2]) then
                  redis.call('PEXPIRE', KEYS[5], ARGV[2])
                end
                raise(fence, 's', token, ARGV[6])
                if isAfter(token, fence, 'e') then redis.call('DEL', KEYS[6]) end
              end
              redis.call('HSET', fence, 'written', token)
              raise(fence, own, token, ARGV[6])
            end
            if KEYS[7] and isAfter(token, fence, ARGV[9]) then
              redis.call('DEL', KEYS[7])
              raise(fence, ARGV[9], token, ARGV[6])
            end
            if redis.call('GET', KEYS[2]) == token then
              redis.call('DEL', KEYS[2])
              if redis.call('DEL', KEYS[4]) == 1 then redis.call('PUBLISH', ARGV[4], ARGV[5]) end
            end
            return isFirst and 1 or 0
            """
    )

    /// Removes what a newer answer, which was not written, takes the place of: the answer without `Vary`, unless a later one
    /// wrote it, and all that are selected. The newer one's token keeps what was asked for before from being written. First
    /// of all they are removed: behind that a Redis that is full takes the rest, too.
    ///
    /// Keys: the answer without `Vary`, selecting names, fence. Arguments: token, empty where the newer one has none, and
    /// one is drawn; the life of the fence. Answers 1.
    static let remove = RedisScript(
        fence + """
            local token, fence = ARGV[1], KEYS[3]
            if token == '' or not isBefore(token, fence, 'e') then redis.call('UNLINK', KEYS[1]) end
            redis.call('UNLINK', KEYS[2])
            if token == '' then token = redis.call('HINCRBY', fence, 'token', 1) end
            raise(fence, 'e', token, ARGV[2])
            raise(fence, 's', token, ARGV[2])
            return 1
            """
    )

    /// The tokens on a fence: where a token stands towards that in a field of it, and putting it there where none is later.
    private static let fence = """
        local function last(fence, field)
          return tonumber(redis.call('HGET', fence, field) or '0')
        end
        local function isBefore(token, fence, field) return tonumber(token) < last(fence, field) end
        local function isAfter(token, fence, field) return tonumber(token) > last(fence, field) end
        local function raise(fence, field, token, life)
          if isAfter(token, fence, field) then redis.call('HSET', fence, field, token) end
          if isAfter(token, fence, 'token') then redis.call('HSET', fence, 'token', token) end
          redis.call('PEXPIRE', fence, life)
        end

        """

    /// Gives the lock back without an answer. Keys: lock, waiters. Arguments: token, channel, what is published.
    static let release = RedisScript(
        """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        redis.call('DEL', KEYS[1])
        if redis.call('DEL', KEYS[2]) == 1 then redis.call('PUBLISH', ARGV[2], ARGV[3]) end
        return 1
        """
    )

    /// Numbers purges and publishes them. Where its user may not publish they have their numbers all the same, by which the
    /// others see soon that they have missed them: told once more they would be made once more.
    ///
    /// Keys: head, purges. Arguments: those of the beginning, how many subjects are remembered, channel, who purges, and
    /// the notices. Answers `{epoch, number}` of the last.
    static let purge = RedisScript(
        begin + """
            local number = 0
            for i = 7, #ARGV do
              number = redis.call('HINCRBY', KEYS[1], 'number', 1)
              redis.call('ZADD', KEYS[2], number, ARGV[i])
              redis.pcall('PUBLISH', ARGV[5], epoch .. ' ' .. number .. ' ' .. ARGV[6] .. ' ' .. ARGV[i])
            end
            local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[4])
            if over > 0 then
              local gone = redis.call('ZPOPMIN', KEYS[2], over)
              redis.call('HSET', KEYS[1], 'floor', gone[#gone])
            end
            return {epoch, number}
            """
    )

    /// Reads purges. Keys: head, purges. Arguments: those of the beginning, the number behind which, how many.
    /// Answers `{epoch, number, floor, {notice, number, …}}`.
    static let read = RedisScript(
        begin + """
            local head = redis.call('HMGET', KEYS[1], 'number', 'floor')
            local purges = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[4], '+inf', 'WITHSCORES', 'LIMIT', '0', ARGV[5])
            return {epoch, head[1], head[2], purges}
            """
    )

    /// Redis may evict either key: without the head a new order begins, without the purges their floor is where they were.
    /// A server that has been started since, or has taken another's place, may have forgotten purges and kept answers: a
    /// new order begins there too; as it does where the caller knows a higher number of the same one.
    ///
    /// Arguments: an epoch should a new order begin, that which the caller knows, and its number.
    private static let begin = """
        local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''
        local head = redis.call('HMGET', KEYS[1], 'epoch', 'run', 'number')
        local epoch = head[1]
        local isBehind = epoch == ARGV[2] and tonumber(head[3] or '0') < tonumber(ARGV[3])
        if not epoch or head[2] ~= run or isBehind then
          redis.call('DEL', KEYS[1], KEYS[2])
          epoch = ARGV[1]
          redis.call('HSET', KEYS[1], 'epoch', epoch, 'run', run, 'number', '0', 'floor', '0')
        elseif redis.call('EXISTS', KEYS[2]) == 0 then
          redis.call('HSET', KEYS[1], 'floor', redis.call('HGET', KEYS[1], 'number'))
        end

        """
}
