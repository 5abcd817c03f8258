import WeirCache
import WeirHTTP

/// Which one of several answers under a key a request selects (RFC 9111 §4.1).
enum VariantKey {
    static func make(_ selection: VarySelection) -> CacheKey {
        let builder = CacheKeyBuilder()
        builder.begin()
        for (name, value) in zip(selection.names, selection.values) {
            builder.add(name)
            if let value { builder.add(value) } else { builder.addMissing() }
        }
        return builder.finish()
    }
}
