/// What a request is about, by the names of `cache.context`: the course, the module.
package struct RequestContext: Sendable, Equatable {
    /// By their names' order; nil where the request does not say.
    package private(set) var values: [(name: String, value: String?)] = []

    package init() {}

    mutating func append(_ name: String, _ value: String?) { values.append((name, value)) }

    /// Gives every value to a cache key; nil for one that the request does not say, which differs from an empty one. The
    /// names are the route's, and in the key by it.
    package func appendKeyParts(_ add: (String?) -> Void) {
        for (_, value) in values { add(value) }
    }

    /// What its answer is found by: `course:42`.
    package var tags: [String] {
        values.compactMap { name, value in value.map { "\(name):\($0)" } }
    }

    package static func == (left: RequestContext, right: RequestContext) -> Bool {
        left.values.elementsEqual(right.values) { left, right in
            left.name == right.name && left.value.map { Array($0.utf8) } == right.value.map { Array($0.utf8) }
        }
    }
}
