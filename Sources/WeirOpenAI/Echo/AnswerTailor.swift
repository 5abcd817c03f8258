package import NIOCore

/// Makes of an answer that many share the one that the provider would have given to one of them: with what he has said of
/// himself, and without the usage that he did not ask for.
package struct AnswerTailor: Sendable {
    private var stripper: UsageStripper?
    private var rewriter: EchoRewriter?

    /// - Parameters:
    ///   - repeats: ``AnswerReading/repeats``; true where that is not known.
    ///   - hasUsage: false where what only Weir asked for is not in it.
    /// - Returns: nil where the answer is his as it is.
    package init?(
        for request: AIRequest,
        endpoint: APIEndpoint,
        isEventStream: Bool,
        repeats: Bool = true,
        hasUsage: Bool = true
    ) {
        if isEventStream, hasUsage, request.lacksUsage(endpoint) { stripper = UsageStripper() }
        if repeats, !request.echoed.isEmpty { rewriter = EchoRewriter(request.echoed, isEventStream: isEventStream) }
        guard stripper != nil || rewriter != nil else { return nil }
    }

    /// - Returns: what he gets now; may be empty.
    package mutating func filter(_ chunk: ByteBuffer) -> ByteBuffer { rewrite(stripper?.filter(chunk) ?? chunk) }

    /// What is left when the answer ends.
    package mutating func finish() -> ByteBuffer { rewrite(stripper?.finish() ?? ByteBuffer()) }

    /// A whole answer.
    package mutating func tailor(_ body: ByteBuffer) -> ByteBuffer {
        var tailored = filter(body)
        let rest = finish()
        if rest.readableBytes > 0 { tailored.writeImmutableBuffer(rest) }
        return tailored
    }

    private mutating func rewrite(_ bytes: ByteBuffer) -> ByteBuffer { rewriter?.filter(bytes) ?? bytes }
}

extension AIRequest {
    /// Whether its stream comes without the usage that Weir asks for.
    package func lacksUsage(_ endpoint: APIEndpoint) -> Bool {
        wantsStream && !wantsUsage && endpoint.hasUsageOption
    }
}
