/// A response's status and header section.
package struct ResponseHead: Sendable {
    package var status: UInt16
    package var version: HTTPVersion
    package var framing: BodyFraming
    /// Whether the peer lets the connection live on after this response (RFC 9112 §9.3).
    package var isPersistent: Bool
    package var fields: FieldSection

    package init(
        status: UInt16,
        version: HTTPVersion = .http11,
        framing: BodyFraming = .none,
        isPersistent: Bool = true,
        fields: FieldSection = FieldSection()
    ) {
        self.status = status
        self.version = version
        self.framing = framing
        self.isPersistent = isPersistent
        self.fields = fields
    }

    package var isInformational: Bool { (100..<200).contains(status) }
}
