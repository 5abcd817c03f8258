import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How a connection came to its end.
package enum WireEnd: Sendable, Equatable {
    /// The peer closed its side in good order.
    case closed
    /// A reset, or an error of the socket.
    case reset
}

/// The peer did not keep to the script.
package struct WireMismatch: Error, CustomStringConvertible {
    package var description: String
    package init(_ description: String) { self.description = description }
}

/// One end of a TCP connection, driven byte by byte from a task. Every wait has a time limit.
package final class WireConnection: Sendable {
    struct Inbox: Sendable {
        var bytes = ByteBuffer()
        var total = 0
        var end: WireEnd?
    }

    let channel: any Channel
    let inbox: Watched<Inbox>
    let limit: Duration

    init(channel: any Channel, inbox: Watched<Inbox>, limit: Duration) {
        self.channel = channel
        self.inbox = inbox
        self.limit = limit
    }

    // MARK: Sending

    /// Returns when the kernel has taken all of it.
    package func send(_ text: String) async throws { try await send(bytes: text.utf8) }

    package func send(bytes: some Collection<UInt8> & Sendable) async throws {
        let buffer = ByteBuffer(bytes: bytes)
        try await withTimeLimit(limit, "the writing of \(buffer.readableBytes) bytes") { [channel] in
            try await channel.writeAndFlush(buffer)
        }
    }

    /// Closes both directions in good order.
    package func close() async { try? await channel.close() }

    /// Ends a TLS connection without a word of TLS.
    package func cut() async {
        try? await channel.eventLoop.submit { [channel] in
            let tls = try channel.pipeline.syncOperations.context(handlerType: NIOSSLHandler.self)
            tls.close(promise: nil)
        }.get()
    }

    /// Ends our own side; the peer's goes on.
    package func closeOutput() async throws { try await channel.close(mode: .output) }

    /// Sends a reset: the peer loses what it has not read.
    package func reset() async {
        if let provider = channel as? any SocketOptionProvider {
            try? await provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try? await channel.close()
    }

    // MARK: Receiving

    /// Stops taking bytes off the socket, so that the peer feels back-pressure.
    package func pauseReading() async throws { try await channel.setOption(.autoRead, value: false).get() }

    package func resumeReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
        channel.read()
    }

    /// While paused: takes bytes off the socket once, waiting for some.
    package func readOnce() async throws {
        let before = receivedCount
        channel.read()
        try await waitForReceived(count: before + 1)
    }

    /// Bytes received so far, read by the script or not.
    package var receivedCount: Int { inbox.value.total }

    /// Waits until so many bytes have been received in all.
    package func waitForReceived(count: Int) async throws {
        try await inbox.wait(for: "\(count) bytes received", limit: limit) { $0.total >= count ? () : nil }
    }

    /// The next bytes, at least one; nil at the end.
    package func readSome() async throws -> [UInt8]? {
        let bytes = try await inbox.wait(for: "bytes", limit: limit) { inbox -> [UInt8]? in
            inbox.bytes.readableBytes > 0 ? inbox.takeAll() : inbox.end == nil ? nil : []
        }
        return bytes.isEmpty ? nil : bytes
    }

    package func read(count: Int) async throws -> [UInt8] {
        try await inbox.wait(for: "\(count) bytes", limit: limit) { inbox in
            if let bytes = inbox.bytes.readBytes(length: count) { return bytes }
            if let end = inbox.end { throw WireMismatch("\(end) with \(inbox.bytes.readableBytes) of \(count) bytes") }
            return nil
        }
    }

    /// Up to and with the first place where `delimiter` stands.
    package func read(through delimiter: String) async throws -> String {
        guard let text = try await readIfAny(through: delimiter) else {
            throw WireMismatch("closed before \(delimiter)")
        }
        return text
    }

    /// As ``read(through:)``, but nil where the connection ends before its first byte.
    func readIfAny(through delimiter: String) async throws -> String? {
        let pattern = Array(delimiter.utf8)
        let found = try await inbox.wait(for: "'\(delimiter)'", limit: limit) { inbox -> String?? in
            if let count = inbox.bytes.readableBytesView.firstRange(of: pattern)?.upperBound {
                return inbox.bytes.readString(length: count - inbox.bytes.readerIndex)
            }
            guard let end = inbox.end else { return nil }
            if inbox.bytes.readableBytes == 0 && end == .closed { return .some(nil) }
            throw WireMismatch("\(end) before '\(delimiter)', behind '\(String(buffer: inbox.bytes))'")
        }
        return found
    }

    /// The next head as it stands, one character a byte, or nil where the connection closes before one begins.
    package func readRawHead() async throws -> String? {
        let pattern = Array("\r\n\r\n".utf8)
        return try await inbox.wait(for: "a head", limit: limit) { inbox -> String?? in
            if let count = inbox.bytes.readableBytesView.firstRange(of: pattern)?.upperBound {
                let bytes = inbox.bytes.readBytes(length: count - inbox.bytes.readerIndex) ?? []
                return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
            }
            guard let end = inbox.end else { return nil }
            if inbox.bytes.readableBytes == 0 { return .some(nil) }
            throw WireMismatch("\(end) within a head")
        }
    }

    /// Everything up to the end of the connection.
    package func readToEnd() async throws -> (bytes: [UInt8], end: WireEnd) {
        try await inbox.wait(for: "the end of the connection", limit: limit) { inbox in
            inbox.end.map { (inbox.takeAll(), $0) }
        }
    }

    /// Waits for the end of the connection, with nothing unread before it.
    @discardableResult
    package func expectEnd() async throws -> WireEnd {
        let (bytes, end) = try await readToEnd()
        guard bytes.isEmpty else { throw WireMismatch("'\(String(decoding: bytes, as: UTF8.self))' before the end") }
        return end
    }
}

extension WireConnection.Inbox {
    fileprivate mutating func takeAll() -> [UInt8] { bytes.readBytes(length: bytes.readableBytes) ?? [] }
}
