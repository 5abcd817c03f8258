import WeirTesting

/// One frame of HTTP/2 as it is on the wire (RFC 9113 §4.1).
struct HTTP2WireFrame: Equatable {
    /// RFC 9113 §6.
    enum Kind: UInt8 {
        case data, headers, priority, reset, settings, pushPromise, ping, goAway, windowUpdate, continuation
    }

    var kind: Kind
    var flags: UInt8 = 0
    var stream: UInt32 = 0
    var payload: [UInt8] = []

    static let endStream: UInt8 = 0x1
    static let ack: UInt8 = 0x1
    static let endHeaders: UInt8 = 0x4

    var bytes: [UInt8] {
        let length = payload.count
        return [UInt8(length >> 16), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF), kind.rawValue, flags]
            + Self.bytes(of: stream) + payload
    }

    /// A GET without a body, its fields as literals that are not indexed (RFC 7541 §6.2.2).
    static func get(_ path: String, fields: KeyValuePairs<String, String> = [:], stream: UInt32) -> HTTP2WireFrame {
        HTTP2WireFrame(
            kind: .headers,
            flags: endStream | endHeaders,
            stream: stream,
            payload: block(method: 0x82, path, fields)
        )
    }

    /// A POST, and its body.
    static func post(_ path: String, body: String, stream: UInt32) -> [HTTP2WireFrame] {
        [
            HTTP2WireFrame(kind: .headers, flags: endHeaders, stream: stream, payload: block(method: 0x83, path, [:])),
            HTTP2WireFrame(kind: .data, flags: endStream, stream: stream, payload: Array(body.utf8)),
        ]
    }

    /// - Parameter method: where it stands in the static table, as `:scheme: http` does, and the names of the next two.
    private static func block(method: UInt8, _ path: String, _ fields: KeyValuePairs<String, String>) -> [UInt8] {
        var block: [UInt8] = [method, 0x86, 0x01]
        block += literal("weir.test") + [0x04] + literal(path)
        for (name, value) in fields { block += [0x00] + literal(name) + literal(value) }
        return block
    }

    /// RFC 7541 §5.1, §5.2.
    private static func literal(_ text: String) -> [UInt8] {
        var rest = text.utf8.count
        guard rest >= 127 else { return [UInt8(rest)] + Array(text.utf8) }
        var length: [UInt8] = [127]
        rest -= 127
        while rest >= 128 {
            length.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        return length + [UInt8(rest)] + Array(text.utf8)
    }

    /// A header block as HEADERS and CONTINUATION of the smallest frame size (RFC 9113 §4.3).
    var inBlocks: [HTTP2WireFrame] {
        let size = 16 << 10
        return stride(from: 0, to: max(payload.count, 1), by: size).map { start in
            let rest = payload[start...]
            var frame = HTTP2WireFrame(kind: start == 0 ? kind : .continuation, stream: stream)
            if start == 0 { frame.flags = flags & ~Self.endHeaders }
            if rest.count <= size { frame.flags |= Self.endHeaders }
            frame.payload = Array(rest.prefix(size))
            return frame
        }
    }

    static func bytes(of number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    /// The 32 bits that begin there in the payload.
    func number(at offset: Int) -> UInt32 { payload[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) } }
}

/// A client that speaks HTTP/2 by prior knowledge, frame by frame.
struct HTTP2Client {
    let raw: RawClient

    /// Sends the preface and the first SETTINGS.
    static func begin(on raw: RawClient) async throws -> HTTP2Client {
        let client = HTTP2Client(raw: raw)
        try await raw.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        try await client.send(HTTP2WireFrame(kind: .settings))
        return client
    }

    func send(_ frame: HTTP2WireFrame) async throws { try await raw.send(bytes: frame.bytes) }

    func get(_ path: String, fields: KeyValuePairs<String, String> = [:], stream: UInt32) async throws {
        try await send(.get(path, fields: fields, stream: stream))
    }

    func post(_ path: String, body: String, stream: UInt32) async throws {
        for frame in HTTP2WireFrame.post(path, body: body, stream: stream) { try await send(frame) }
    }

    /// Acknowledges a PING.
    func answer(_ ping: HTTP2WireFrame) async throws {
        try await send(HTTP2WireFrame(kind: .ping, flags: HTTP2WireFrame.ack, payload: ping.payload))
    }

    /// The next frame of that kind, and on that stream; others are passed over.
    func next(_ kind: HTTP2WireFrame.Kind, stream: UInt32 = 0) async throws -> HTTP2WireFrame {
        while true {
            let frame = try await next()
            if frame.kind == kind, frame.stream == stream { return frame }
        }
    }

    /// The next frame, SETTINGS acknowledged where it is that.
    func next() async throws -> HTTP2WireFrame {
        let head = try await raw.wire.read(count: 9)
        let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
        guard let kind = HTTP2WireFrame.Kind(rawValue: head[3]) else {
            throw WireMismatch("a frame of type \(head[3])")
        }
        let frame = HTTP2WireFrame(
            kind: kind,
            flags: head[4],
            stream: head[5...8].reduce(0) { $0 << 8 | UInt32($1) },
            payload: length == 0 ? [] : try await raw.wire.read(count: length)
        )
        if kind == .settings, frame.flags & HTTP2WireFrame.ack == 0 {
            try await send(HTTP2WireFrame(kind: .settings, flags: HTTP2WireFrame.ack))
        }
        return frame
    }

    /// The body of a stream's response, which has to be whole.
    func body(stream: UInt32) async throws -> String {
        var body: [UInt8] = []
        while true {
            let frame = try await next()
            guard frame.stream == stream else { continue }
            guard frame.kind == .headers || frame.kind == .data else { throw WireMismatch("\(frame.kind)") }
            if frame.kind == .data { body += frame.payload }
            if frame.flags & HTTP2WireFrame.endStream != 0 { return String(decoding: body, as: UTF8.self) }
        }
    }
}

/// Runs a test with an HTTP/2 connection to that port.
nonisolated(nonsending) func withHTTP2Client<Result>(
    port: Int,
    _ body: nonisolated(nonsending) (HTTP2Client) async throws -> Result
) async throws -> Result {
    try await withRawClient(port: port) { raw in try await body(try await HTTP2Client.begin(on: raw)) }
}
