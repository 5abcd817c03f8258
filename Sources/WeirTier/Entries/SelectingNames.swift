import WeirCache
import WeirHTTP

/// By which of the request's fields several answers under a key are told apart (RFC 9111 §4.1).
struct SelectingNames: Equatable {
    /// In lower case, sorted, each once.
    var names: [String]
    /// Drawn at random when these names took the place of others, or of none: what was written under those is not found
    /// under these, nor once they have come back. Tokens would not do, which begin anew once Redis has lost the fence.
    var generation: UInt64

    /// Names that begin now.
    static func begin(_ names: [String]) -> SelectingNames {
        SelectingNames(names: names, generation: .random(in: .min ... .max))
    }

    /// Which one of the answers a request selects.
    func variant(for request: FieldSection) -> CacheKey { variant(.make(names: names, request: request)) }

    /// The same by what the request has of these names.
    func variant(_ selection: VarySelection) -> CacheKey {
        let builder = CacheKeyBuilder()
        builder.begin()
        builder.add(String(generation))
        for (name, value) in zip(selection.names, selection.values) {
            builder.add(name)
            if let value { builder.add(value) } else { builder.addMissing() }
        }
        return builder.finish()
    }
}
