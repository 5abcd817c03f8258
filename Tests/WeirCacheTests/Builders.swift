import NIOCore
import WeirHTTP
import WeirTraces

@testable import WeirCache

/// A key that falls to a shard, an index place and a fingerprint by this number alone.
func key(_ number: Int) -> CacheKey {
    var generator = SplitMix64(state: UInt64(truncatingIfNeeded: number))
    return CacheKey(generator.next(), generator.next(), generator.next(), generator.next())
}

func body(_ count: Int) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: count)
    buffer.writeRepeatingByte(UInt8(ascii: "x"), count: count)
    return buffer
}

func response(
    _ key: CacheKey,
    body count: Int = 16,
    fields: [(String, String)] = [],
    lifetime: Int64 = 60,
    staleIfError: Int64 = 0,
    mustRevalidate: Bool = false,
    date: Int64? = nil,
    receivedAt: NIODeadline = .now(),
    selection: VarySelection = .none,
    tags: [String] = [],
    path: String = "/"
) -> StoredResponse {
    StoredResponse(
        key: key,
        status: 200,
        fields: section(fields),
        freshness: Freshness(lifetime: lifetime, staleIfError: staleIfError, mustRevalidate: mustRevalidate),
        initialAge: 0,
        receivedAt: receivedAt,
        lastModified: nil,
        date: date.map { UnixTime(seconds: $0) },
        selection: selection,
        tags: tags,
        path: path,
        representations: [
            Representation(
                form: .init(),
                head: ByteBuffer(string: "HTTP/1.1 200 OK\r\n"),
                notModifiedHead: ByteBuffer(),
                body: body(count),
                etag: nil
            )
        ]
    )
}

func section(_ fields: [(String, String)]) -> FieldSection {
    var section = FieldSection()
    for (name, value) in fields { section.append(named: name, value) }
    return section
}

func selection(_ name: String, _ value: String?) -> VarySelection {
    VarySelection(names: [name], values: [value.map { Array($0.utf8) }])
}

extension StoreLookup {
    /// The response of a hit.
    var response: StoredResponse? {
        switch self {
        case .hit(let response): response
        case .varyMiss, .miss: nil
        }
    }

    /// `hit`, `varyMiss` or `miss`.
    var name: String {
        switch self {
        case .hit: "hit"
        case .varyMiss: "varyMiss"
        case .miss: "miss"
        }
    }
}

extension Shard {
    /// From the first to go to the last.
    mutating func standings() -> [(response: StoredResponse, standing: EntryStanding)] {
        beginStandings()
        defer { endStandings() }
        var all: [(response: StoredResponse, standing: EntryStanding)] = []
        while case let next = nextStandings(), !next.isEmpty { all += next }
        return all
    }

    /// All of a purge, with nothing in between.
    mutating func purge(_ purge: Purge, _ consequence: Consequence = .removed, removed: inout RemovedEntries) -> Int {
        var walk = beginWalk(purge)
        var count = 0
        while !walk.isAtEnd { count += proceed(&walk, consequence, now: .now(), removed: &removed) }
        endWalk()
        return count
    }
}
