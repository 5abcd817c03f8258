import NIOCore
import WeirHTTP

/// The part of a query that is in the key. A call whose answer is stored asks with this part alone: what does not tell
/// answers apart must not shape them.
enum KeyedQuery {
    /// - Returns: nil where nothing is left, not even an empty query.
    static func make(_ query: ByteBufferView?, by settings: KeySettings) -> ByteBufferView? {
        guard let query else { return nil }
        if case .all = settings.query, !settings.sortsQuery { return query }
        if case .none = settings.query { return nil }
        var parameters = query.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true)
        if case .only(let names) = settings.query {
            parameters.removeAll { parameter in !names.contains { name(parameter).elementsEqual($0.utf8) } }
        }
        if settings.sortsQuery {
            // Stable: the order of several with one name may mean something.
            let order = parameters.indices.sorted {
                let (one, other) = (name(parameters[$0]), name(parameters[$1]))
                return one.lexicographicallyPrecedes(other) || (one.elementsEqual(other) && $0 < $1)
            }
            parameters = order.map { parameters[$0] }
        }
        guard !parameters.isEmpty else { return nil }
        return ByteBuffer(bytes: parameters.joined(separator: CollectionOfOne(UInt8(ascii: "&")))).readableBytesView
    }

    private static func name(_ parameter: ByteBufferView) -> ByteBufferView {
        parameter.prefix { $0 != ASCII.equals }
    }
}
