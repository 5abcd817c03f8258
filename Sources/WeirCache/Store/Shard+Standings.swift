extension Shard {
    private static var standingsAtOnce: Int { 64 }

    /// From here on to ``endStandings()`` its responses are to be had with ``nextStandings()``.
    mutating func beginStandings() { entries.beginWalk() }

    mutating func endStandings() { entries.endWalk() }

    /// The next few responses with their standing, from the first to go to the last; nothing at the end.
    mutating func nextStandings() -> [(response: StoredResponse, standing: EntryStanding)] {
        var standings: [(response: StoredResponse, standing: EntryStanding)] = []
        while standings.count < Self.standingsAtOnce, let (entry, standing) = entries.next() {
            standings.append((entry.response, standing))
        }
        return standings
    }
}
