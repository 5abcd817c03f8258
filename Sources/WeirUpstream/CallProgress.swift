/// How far a call has come, and so whose doing it is when its time runs out.
///
/// A call through Weir has two paces: the upstream's, and its own client's, who sends the request's body and takes the
/// response. Only the first says something of the upstream.
struct CallProgress: Sendable {
    private var isBodyWhole: Bool
    /// The transport takes more of the request's body.
    private var isBodyWanted = true
    private var hasHead = false

    init(_ body: UpstreamRequest.Body) { isBodyWhole = !body.isStreamed }

    // MARK: Events

    /// The client has sent the last of the body.
    mutating func bodyEnded() { isBodyWhole = true }

    mutating func bodyWanted(_ wanted: Bool) { isBodyWanted = wanted }

    /// A final response's head has come.
    mutating func receivedHead() { hasHead = true }

    // MARK: Conclusions

    /// Nothing can come of the call before its client has sent more.
    var isHeldByClient: Bool { !isBodyWhole && isBodyWanted && !hasHead }

    /// Whether the call's end says something of the upstream. The total time of one whose client has not sent the body
    /// in it, and of one that was being answered, does not: the client may have taken the response slowly, and an
    /// upstream that falls silent within it is told by ``UpstreamError/idleTimeout``.
    func concernsUpstream(_ error: UpstreamError) -> Bool { error != .totalTimeout || !(hasHead || isHeldByClient) }
}
