/// Reading whole HTTP/1.1 messages.
extension WireConnection {
    /// The next head, or nil where the connection closes in good order before one begins.
    package func readHeadIfAny() async throws -> WireHead? {
        try await readIfAny(through: "\r\n\r\n").map { WireHead($0) }
    }

    package func readHead() async throws -> WireHead {
        guard let head = try await readHeadIfAny() else { throw WireMismatch("closed before a head") }
        return head
    }

    /// The body of a request with this head.
    package func readBody(ofRequest head: WireHead) async throws -> WireBody {
        if head.isChunked { return try await readChunkedBody() }
        guard let length = head.contentLength else { return WireBody(framing: .none) }
        return WireBody(framing: .length, bytes: try await read(count: length))
    }

    /// The body of a response with this head.
    package func readBody(ofResponse head: WireHead, to method: String = "GET") async throws -> WireBody {
        if method == "HEAD" || head.status < 200 || head.status == 204 || head.status == 304 {
            return WireBody(framing: .none)
        }
        if head.isChunked { return try await readChunkedBody() }
        if let length = head.contentLength {
            return WireBody(framing: .length, bytes: try await read(count: length))
        }
        let (bytes, end) = try await readToEnd()
        guard end == .closed else { throw WireMismatch("\(end) within a body that runs to the end") }
        return WireBody(framing: .close, bytes: bytes)
    }

    /// The data of the next chunk; nil at the last one, whose trailer section is left unread.
    package func readChunk() async throws -> [UInt8]? {
        let line = try await read(through: "\r\n")
        let digits = line.prefix { $0.isHexDigit }
        guard let size = Int(digits, radix: 16) else { throw WireMismatch("'\(line)' is not a chunk's size") }
        guard size > 0 else { return nil }
        let data = try await read(count: size)
        let end = try await read(count: 2)
        guard end == [13, 10] else { throw WireMismatch("a chunk of \(size) bytes that ends in \(end)") }
        return data
    }

    private func readChunkedBody() async throws -> WireBody {
        var body = WireBody(framing: .chunked)
        while let chunk = try await readChunk() {
            body.bytes += chunk
            body.chunkSizes.append(chunk.count)
        }
        while true {
            let line = try await read(through: "\r\n")
            if line == "\r\n" { return body }
            body.trailers.append(WireHead.field(line.dropLast(1)))
        }
    }
}
