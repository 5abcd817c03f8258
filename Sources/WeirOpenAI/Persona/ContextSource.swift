/// One entry of a route's `cache.context`: something that answers are about, and where a request says which.
package struct ContextSource: Sendable, Equatable {
    /// `course`: the first half of the tag, `course:42`.
    package var name: String
    package var source: ValueSource

    package init(name: String, source: ValueSource) {
        self.name = name
        self.source = source
    }
}
