import NIOCore
import WeirCache
import WeirHTTP

extension Proxy {
    /// The keys that are hit most, those with the most hits first, with what is stored under each.
    /// - Parameter limit: so many at most.
    package func popular(limit: Int) async -> [PopularKey] {
        var keys: [CacheKey: PopularKey] = [:]
        for worker in workers {
            guard let counted = try? await worker.eventLoop.submit({ worker.value.popular.keys }).get() else {
                continue
            }
            for key in counted { keys[key.key] = keys[key.key]?.adding(key) ?? key }
        }
        let now = shared.clocks.monotonic()
        return keys.values.sorted { ($1.hits, $0.key.description) < ($0.hits, $1.key.description) }.prefix(limit).map {
            key in
            var key = key
            // What has several variants shows the newest that goes without fields, or with those of its request.
            let stored = store.candidates(key.key, request: key.request?.section ?? FieldSection()).first
            key.age = stored?.age(at: now)
            key.timeToLive = stored?.timeToLive(at: now)
            return key
        }
    }
}
