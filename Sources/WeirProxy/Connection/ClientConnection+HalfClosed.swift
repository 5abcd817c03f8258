import NIOCore
import WeirHTTP
import WeirUpstream

/// A client that has closed its sending side gets the answers to what it has sent.
extension ClientConnection {
    func inputClosed() {
        if let tunnel { return tunnel.clientEnded() }
        guard !isClosing else { return }
        process()
    }

    /// Everything that can be decoded now is.
    /// - Parameter isStarved: what is left is not whole, and never will be.
    func settleClosedInput(isStarved: Bool) {
        guard directions.isInputClosed, !isClosing else { return }
        if exchange != nil, isRequestWhole {
            askWhetherClientIsThere()
        } else if exchange == nil, isStarved || inbound.readableBytes == 0 {
            close(.clean)
        } else if isStarved {
            refuseShortBody()
        }
    }

    /// Whoever still reads learns what was wrong; of a response under way that it was broken off.
    private func refuseShortBody() {
        guard let exchange, !exchange.hasStartedResponse || isHeadHeld else { return abort() }
        exchange.requestBroken(MessageError(400, "the body ends before it is whole"))
    }

    /// Nothing can be sent ahead of a body of known length: the next bytes tell. Who closes amid one, and for whom none
    /// come for a while, counts as gone.
    var isClientDoubtful: Bool {
        directions.isInputClosed && signOfLife == .unasked && responseFraming != .chunked
            && exchange?.hasStartedResponse == true
    }

    /// Sends what the response is going to begin or go on with, once, where that is known by now.
    private func askWhetherClientIsThere() {
        guard signOfLife == .unasked, !isHeadHeld, let exchange else { return }
        var bytes = allocator.buffer(capacity: 16)
        if !exchange.hasStartedResponse {
            signOfLife = .statusPrefix
            bytes.writeStaticString(SignOfLife.version)
        } else if responseFraming == .chunked {
            signOfLife = .asked
            bytes.writeStaticString("0")
        } else {
            return arm(idlePhase)
        }
        write(bytes)
        flush()
    }

    /// Takes off a head what the client has of it already.
    func skipSentPrefix(of head: inout ByteBuffer) {
        guard signOfLife == .statusPrefix else { return }
        signOfLife = .asked
        head.moveReaderIndex(forwardBy: SignOfLife.version.utf8CodeUnitCount)
    }
}
