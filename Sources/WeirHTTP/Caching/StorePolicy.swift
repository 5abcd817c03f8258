/// What a route adds where responses are silent. All in seconds.
package struct StorePolicy: Sendable, Equatable {
    /// How long a response lives that gives no lifetime; nil where such a one is kept only to be revalidated.
    package var defaultLifetime: Int64?
    /// For responses without the directive of that name.
    package var staleWhileRevalidate: Int64?
    /// For responses without the directive of that name.
    package var staleIfError: Int64?

    package init(defaultLifetime: Int64? = nil, staleWhileRevalidate: Int64? = nil, staleIfError: Int64? = nil) {
        self.defaultLifetime = defaultLifetime
        self.staleWhileRevalidate = staleWhileRevalidate
        self.staleIfError = staleIfError
    }
}
