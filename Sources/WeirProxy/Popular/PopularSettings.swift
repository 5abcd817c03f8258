/// `cache.popular`: which keys are known to be hit most, and what is kept of them.
package struct PopularSettings: Sendable, Equatable {
    /// Keys that each event loop counts; 0: none.
    package var keys: Int
    /// Whether the requests are kept too, for a warming list. They hold what users have written.
    package var keepsRequests: Bool
    /// Bytes of all requests that are kept.
    package var memory: Int

    package init(keys: Int = 100, keepsRequests: Bool = false, memory: Int = 1 << 20) {
        self.keys = keys
        self.keepsRequests = keepsRequests
        self.memory = memory
    }
}
