import NIOCore
import WeirCache
import WeirHTTP
import WeirUpstream

/// Where an exchange gets its request from and answers: a turn on an HTTP/1.1 connection, or a stream of an HTTP/2 one.
///
///     informational* → head → body* → finish
///     abort may come instead of any of these, once, as the last.
///
/// It tells the exchange of the request's body and end, of its room for more, and of its client's leaving. A head is
/// handed over as HTTP/1.1 has it: status line and field lines, without the fields that belong to one connection and
/// without the empty line. What is written leaves at the latest with ``flush()``, ``finish(keepsAlive:)`` and
/// ``abort()``.
///
/// Lives on one event loop, as its exchange does.
protocol ClientStream: AnyObject {
    /// The client's IP address.
    var peerAddress: String { get }
    /// Whether the request came over TLS.
    var isSecure: Bool { get }
    /// What `Via` says of how the request came (RFC 9110 §7.6.3).
    var requestVia: String { get }
    /// Whether somebody has asked for the answer, and not a warming list.
    var hasClient: Bool { get }
    /// Whether the client takes more now; ``Exchange/clientWritable(_:)`` tells when that changes.
    var isWritable: Bool { get }
    var allocator: ByteBufferAllocator { get }
    /// Whether no further request is taken on its connection.
    var isDraining: Bool { get }
    /// The head that was written waits for what comes behind it: the client has nothing of the response yet.
    var isHeadHeld: Bool { get }

    /// Whether the connection can be given over to another protocol.
    var canSwitchProtocols: Bool { get }

    /// A 1xx; leaves at once.
    func write(informational head: consuming ByteBuffer)
    /// - Parameters:
    ///   - framing: of the body that follows. A length is among the head's fields already.
    ///   - keepsAlive: whether another request may follow on the same connection.
    func write(head: consuming ByteBuffer, framing: ClientFraming, keepsAlive: Bool)
    func write(body: ByteBuffer)
    /// A whole body, copied to where it goes: behind a head that told its length, of a form that is small.
    func write(bodyOf representation: Representation)
    func flush()
    /// Fields that stand behind the body, right before ``finish(keepsAlive:)``.
    func write(trailers: FieldSection)
    /// Gives the connection over to the protocol that the 101 in `head` names. The exchange hears nothing more.
    func switchProtocols(head: consuming ByteBuffer, to tunnel: any UpstreamTunnel)
    /// The response is whole. The exchange hears nothing more.
    func finish(keepsAlive: Bool)
    /// Ends the response so that the client can tell that it is not whole. The exchange hears ``Exchange/clientLeft()``.
    func abort()
    /// Whether the exchange takes more of the request's body now. Wanted at first.
    func bodyWanted(_ wanted: Bool)
}

extension ClientStream {
    var hasClient: Bool { true }
}

/// A stream that carries HTTP and nothing else.
extension ClientStream {
    var canSwitchProtocols: Bool { false }

    func switchProtocols(head: consuming ByteBuffer, to tunnel: any UpstreamTunnel) {
        preconditionFailure("Cannot switch protocols on a stream that carries HTTP alone")
    }
}
