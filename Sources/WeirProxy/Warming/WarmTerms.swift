import WeirHTTP

/// How a warming list is gone through.
package struct WarmTerms: Sendable, Equatable {
    package static let usualConcurrency = 4
    package static let concurrencies = 1...64

    /// Requests under way at once: one of ``concurrencies``.
    package var concurrency: Int
    /// Fields that each line has, unless it has its own; credentials only where it is a POST.
    package var fields: [Field]

    /// A field of a request, as a list may have it.
    package struct Field: Sendable, Equatable {
        /// They say how a message lies on its connection, which a line has none of.
        private static let refused = HopByHop.names.union([.contentLength, .expect])

        let name: String
        let value: String

        /// - Returns: nil for what cannot stand in one line of a head, or speaks of a connection.
        package init?(_ name: String, _ value: String) {
            guard !name.isEmpty, name.utf8.allSatisfy({ ASCII.isTokenCharacter($0) }),
                value.utf8.allSatisfy({ ASCII.isFieldValueByte($0) }),
                !Self.refused.contains(FieldName.recognise(name))
            else { return nil }
            self.init(known: name, value)
        }

        /// What is known to be good.
        init(known name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(concurrency: Int = Self.usualConcurrency, fields: [Field] = []) {
        precondition(Self.concurrencies.contains(concurrency), "Cannot send \(concurrency) requests at once")
        self.concurrency = concurrency
        self.fields = fields
    }
}
