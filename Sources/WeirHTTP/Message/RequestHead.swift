package import NIOCore

/// A request's head as it was received: start line and header section over one buffer.
package struct RequestHead: Sendable {
    package var method: RequestMethod
    package var version: HTTPVersion
    package var framing: BodyFraming
    /// Whether the client lets the connection live on after this request (RFC 9112 §9.3).
    package var isPersistent: Bool
    /// `Expect: 100-continue` (RFC 9110 §10.1.1).
    package var expectsContinue: Bool
    package var target: RequestTarget
    /// Where the method and the whole target as sent lie in `fields.storage`.
    package var methodRange: Range<Int>
    package var targetRange: Range<Int>
    package var fields: FieldSection

    package init(
        method: RequestMethod,
        version: HTTPVersion,
        framing: BodyFraming,
        isPersistent: Bool,
        expectsContinue: Bool,
        target: RequestTarget,
        methodRange: Range<Int>,
        targetRange: Range<Int>,
        fields: FieldSection
    ) {
        self.method = method
        self.version = version
        self.framing = framing
        self.isPersistent = isPersistent
        self.expectsContinue = expectsContinue
        self.target = target
        self.methodRange = methodRange
        self.targetRange = targetRange
        self.fields = fields
    }

    package var methodName: ByteBufferView { view(methodRange) }
    package var path: ByteBufferView { view(target.path) }
    package var query: ByteBufferView? { target.query.map(view) }

    /// Path and query as they go upstream: the target in origin form.
    package var pathAndQuery: ByteBufferView {
        view(target.path.lowerBound..<(target.query?.upperBound ?? target.path.upperBound))
    }

    private func view(_ range: Range<Int>) -> ByteBufferView {
        fields.storage.viewBytes(at: range.lowerBound, length: range.count) ?? ByteBufferView()
    }
}
