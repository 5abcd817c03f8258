/// What identical requests have in common while their answer is under way.
package struct FlightKey: Sendable, Hashable {
    package let key: CacheKey
    /// Requests under one key whose answers come in different forms (streamed, unstreamed) fly apart.
    package let form: UInt8

    package init(_ key: CacheKey, form: UInt8 = 0) {
        self.key = key
        self.form = form
    }
}
