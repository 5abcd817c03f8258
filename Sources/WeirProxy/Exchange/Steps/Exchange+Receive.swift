import NIOCore
import WeirCache
import WeirHTTP

extension Exchange {
    func receive() -> Step {
        if shared.buffers.isExhausted { return .refuse(.memoryFull) }
        body.beginCollecting(countedBy: shared.buffers)
        inviteBody()
        return .wait
    }

    /// `100 Continue`, once somebody wants the body (RFC 9110 §10.1.1).
    func inviteBody() {
        guard head.expectsContinue, !body.isInvited, body.receivedCount == 0 else { return }
        body.isInvited = true
        var buffer = ByteBuffer()
        StatusLine.write(100, into: &buffer)
        stream.write(informational: buffer)
    }
}
