/// How much is done.
struct Scale {
    /// Entries of a full store, and keys of the large trace.
    var entries: Int
    /// Requests over the large trace that count; as many again and a half warm the store up.
    var requests: Int
    /// Lookups of each thread.
    var lookups: Int

    static let full = Scale(entries: 1_000_000, requests: 8_000_000, lookups: 4_000_000)
    /// To see that everything works.
    static let quick = Scale(entries: 100_000, requests: 500_000, lookups: 200_000)
}
