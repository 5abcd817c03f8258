import NIOCore
import NIOPosix
import WeirHTTP
import WeirUpstream

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Asks a running Weir's admin listener, over the transports that Weir has anyway.
struct AdminClient {
    private static let json = "application/json"
    private static let lines = "application/x-ndjson"
    private static let patience = UpstreamTimeouts(total: .seconds(30))

    private let url: UpstreamURL
    private let token: String?
    private let transports: Transports
    private let transport: any Transport

    init(url: UpstreamURL, token: String?) {
        self.url = url
        self.token = token
        transports = Transports(group: .singleton)
        transport = transports.make(UpstreamSettings(name: "admin", url: url, timeouts: Self.patience))
    }

    func shutdown() async {
        await transport.shutdown()
        await transports.shutdown()
    }

    /// The body of a 200.
    func get(_ path: String) async throws -> String {
        String(buffer: try await whole(request(.get, "GET", path), as: Self.json))
    }

    /// The JSON lines of a 200.
    func get(lines path: String) async throws -> String {
        String(buffer: try await whole(request(.get, "GET", path), as: Self.lines))
    }

    func post<Answer: Decodable>(_ path: String, _ body: some Encodable) async throws -> Answer {
        var request = request(.post, "POST", path)
        request.fields.append(.contentType, Self.json)
        request.body = .whole(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        return try JSONDecoder().decode(
            Answer.self,
            from: Data(try await whole(request, as: Self.json).readableBytesView)
        )
    }

    /// Sends JSON lines, and hears JSON lines for as long as they come.
    func post<Answer: Decodable>(
        _ path: String,
        lines body: ByteBuffer,
        fields: [(name: String, value: String)],
        hear: (Answer) throws -> Void
    ) async throws {
        var request = request(.post, "POST", path, timeouts: UpstreamTimeouts(total: .hours(24 * 365)))
        request.fields.append(.contentType, Self.lines)
        for field in fields { request.fields.append(named: field.name, field.value) }
        request.body = .whole(body)
        var rest = ByteBuffer()
        try await read(request, as: Self.lines) { piece in
            rest.writeImmutableBuffer(piece)
            while let end = rest.readableBytesView.firstIndex(of: ASCII.lineFeed) {
                let line = rest.readSlice(length: end + 1 - rest.readerIndex) ?? ByteBuffer()
                try hear(try JSONDecoder().decode(Answer.self, from: Data(line.readableBytesView)))
            }
        }
    }

    // MARK: Requests and answers

    private func request(
        _ method: RequestMethod,
        _ methodName: String,
        _ path: String,
        timeouts: UpstreamTimeouts = patience
    ) -> UpstreamRequest {
        var fields: FieldSection = ["Host": url.authority, "Accept": "\(Self.json), \(Self.lines)"]
        if let token { fields.append(.authorization, "Bearer \(token)") }
        return UpstreamRequest(
            method: method,
            methodName: methodName,
            target: ByteBuffer(string: url.basePath + path),
            fields: fields,
            body: .none,
            timeouts: timeouts
        )
    }

    private func whole(_ request: UpstreamRequest, as type: String) async throws -> ByteBuffer {
        var body = ByteBuffer()
        try await read(request, as: type) { body.writeImmutableBuffer($0) }
        return body
    }

    /// Reads the body of a 200 of that media type.
    private func read(
        _ request: UpstreamRequest,
        as expected: String,
        take: (ByteBuffer) throws -> Void
    ) async throws {
        let place = url.description + String(buffer: request.target).dropFirst(url.basePath.count)
        var head: ResponseHead?
        var refusal = ByteBuffer()
        do {
            for try await piece in send(request) {
                switch piece {
                case .head(let received):
                    head = received
                    guard received.status == 200 else { continue }
                    let type = String(decoding: received.fields.first(.contentType) ?? ByteBufferView(), as: UTF8.self)
                    guard type.hasPrefix(expected) else {
                        throw Failure("\(place): not the admin listener of a Weir: it answers with '\(type)'")
                    }
                case .body(let bytes) where head?.status == 200: try take(bytes)
                case .body(let bytes): refusal.writeImmutableBuffer(bytes)
                }
            }
        } catch let error as UpstreamError {
            throw Failure("\(url.description): no answer from the admin listener (\(error)); is Weir running?")
        }
        guard let head, head.status == 200 else {
            throw Failure("\(place): \(head?.status ?? 0) \(Self.message(refusal))")
        }
    }

    private func send(_ request: UpstreamRequest) -> AsyncThrowingStream<AnswerStream.Piece, any Error> {
        let transport = transport
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        return AsyncThrowingStream { continuation in
            loop.execute { _ = transport.start(request, on: loop, handler: AnswerStream(continuation)) }
        }
    }

    /// The message of an error body, or the body.
    private static func message(_ body: ByteBuffer) -> String {
        struct Body: Decodable {
            struct Message: Decodable { var message: String }
            var error: Message
        }
        let decoded = try? JSONDecoder().decode(Body.self, from: Data(body.readableBytesView))
        return decoded?.error.message ?? String(buffer: body)
    }
}
