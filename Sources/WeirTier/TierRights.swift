import WeirRedis

/// What becomes of it where Redis does not let its user run a command, as the log says it.
enum TierRights {
    /// By a command's name, or a script's digest.
    static let consequences = [
        "SUBSCRIBE": deaf,
        TierScripts.read.digest: deaf,
        "HMGET": "whether a purge was missed is not known, and again and again Redis is not used for a moment",
        TierScripts.purge.digest: "the other sidecars cannot be told of purges for good",
        "PUBLISH": "the other sidecars cannot be told of purges that Redis has not taken",
        "GET": mute, "PTTL": mute, "HGET": mute,
        TierScripts.store.digest: "answers are not written to it",
        TierScripts.remove.digest: "what a newer answer has replaced is not removed from it, but purged",
        "HINCRBY": unturned, "PEXPIRE": unturned,
        TierScripts.lock.digest:
            "sidecars do not wait for each other, and what they fetch under a lock is not written to it",
        TierScripts.renew.digest: "locks end before long fetches do",
        TierScripts.release.digest: "locks end only by themselves",
        "EXISTS": "sidecars do not wait for each other",
        "EVALSHA": idle, "EVAL": idle,
    ]

    private static let deaf = "the others' purges are not heard of, so that nothing is read from it or written to it"
    private static let mute = "no answers are read from it"
    private static let unturned = "answers that are fetched without a lock are not written to it"
    private static let idle = "nothing is read from it or written to it"
}
