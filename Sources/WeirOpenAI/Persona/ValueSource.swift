/// Where a persona dimension or a user is found in a request; the first that is there wins, the header before the
/// body.
package struct ValueSource: Sendable, Equatable {
    /// A field name, in any case.
    package var header: String?
    /// A JSON pointer (RFC 6901) into the request's body: its unescaped reference tokens.
    package var body: [String]?

    package init(header: String? = nil, body: [String]? = nil) {
        self.header = header
        self.body = body
    }
}
