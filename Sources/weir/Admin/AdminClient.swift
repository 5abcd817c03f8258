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
    private let url: UpstreamURL
    private let token: String?
    private let transports: Transports
    private let transport: any Transport

    init(url: UpstreamURL, token: String?) {
        self.url = url
        self.token = token
        transports = Transports(group: .singleton)
        transport = transports.make(
            UpstreamSettings(name: "admin", url: url, timeouts: UpstreamTimeouts(total: .seconds(30)))
        )
    }

    func shutdown() async {
        await transport.shutdown()
        await transports.shutdown()
    }

    /// The body of a 200.
    func get(_ path: String) async throws -> String {
        String(buffer: try await send(.get, "GET", path, body: .none))
    }

    func post<Answer: Decodable>(_ path: String, _ body: some Encodable) async throws -> Answer {
        let bytes = ByteBuffer(bytes: try JSONEncoder().encode(body))
        let answer = try await send(.post, "POST", path, body: .whole(bytes))
        return try JSONDecoder().decode(Answer.self, from: Data(answer.readableBytesView))
    }

    private func send(
        _ method: RequestMethod,
        _ methodName: String,
        _ path: String,
        body: UpstreamRequest.Body
    ) async throws -> ByteBuffer {
        var fields: FieldSection = ["Host": url.authority, "Accept": "application/json"]
        if case .whole = body { fields.append(.contentType, "application/json") }
        if let token { fields.append(.authorization, "Bearer \(token)") }
        let request = UpstreamRequest(
            method: method,
            methodName: methodName,
            target: ByteBuffer(string: url.basePath + path),
            fields: fields,
            body: body,
            timeouts: UpstreamTimeouts(total: .seconds(30))
        )
        let (head, answer) = try await exchange(request)
        guard head.status == 200 else {
            throw Failure("\(url.description)\(path): \(head.status) \(Self.message(answer))")
        }
        let type = String(decoding: head.fields.first(.contentType) ?? ByteBufferView(), as: UTF8.self)
        guard type.hasPrefix("application/json") else {
            throw Failure("\(url.description)\(path): not the admin listener of a Weir: it answers with '\(type)'")
        }
        return answer
    }

    private func exchange(_ request: UpstreamRequest) async throws -> (ResponseHead, ByteBuffer) {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: (ResponseHead, ByteBuffer).self)
        let transport = transport
        loop.execute {
            _ = transport.start(request, on: loop, handler: WholeAnswer(promise))
        }
        do {
            return try await promise.futureResult.get()
        } catch let error as UpstreamError {
            throw Failure("\(url.description): no answer from the admin listener (\(error)); is Weir running?")
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
