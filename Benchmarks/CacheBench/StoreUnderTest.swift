import NIOCore
import WeirCache
import WeirHTTP

/// A store with room for so many entries, all of one size.
struct StoreUnderTest {
    private static let sample = Sample(bodyBytes: 100)
    private static let size = sample.size

    private let store: MemoryStore

    init(room: Int) { store = MemoryStore(settings: CacheSettings(memory: room * Self.size, maxObject: 64 << 10)) }

    /// - Returns: whether it was there; it is from now on.
    func request(_ key: Int) -> Bool { store.serve(Sample.key(key)) { Self.sample.response($0) } }
}

extension MemoryStore {
    /// What a proxy does for a request.
    /// - Returns: whether it was a hit.
    func serve(_ key: CacheKey, make: (CacheKey) -> StoredResponse) -> Bool {
        if case .hit = lookup(key, request: FieldSection()) { return true }
        _ = insert(make(key), since: mark())
        return false
    }
}
