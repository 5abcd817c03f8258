import Hummingbird
import NIOCore

/// Long answers, made as they are sent.
///
/// - `/stream?events=5&interval=100&cache_control=`: server-sent events, `interval` milliseconds apart
/// - `/bytes/{n}`: n bytes up to 2 GiB, byte i being i % 251, in memory that does not grow with n
struct StreamRoutes {
    private static let longest = 2 << 30
    private static let chunkLength = 251 * 256

    let controls: Controls

    func add(to router: Router<DemoContext>) {
        router.get("stream") { request, context in
            let query = request.uri.queryParameters
            let count = max(query.get("events", as: Int.self) ?? 5, 0)
            var stream = EventStream(request: request, context: context, controls: controls)
            stream.interval = .milliseconds(query.get("interval", as: Int.self) ?? 100)
            if let cut = query.get("cut", as: Int.self) { stream.ending = .brokenOff(after: cut) }
            let events = (0..<count).map { "id: \($0 + 1)\nevent: tick\ndata: {\"tick\":\($0 + 1)}\n\n" }
            return stream.response(
                events,
                headers: query["cache_control"].map { [.cacheControl: String($0)] } ?? [:]
            )
        }
        router.get("bytes/:count") { _, context in
            let count = try context.parameters.require("count", as: Int.self)
            guard (0...Self.longest).contains(count) else {
                throw HTTPError(.badRequest, message: "from 0 to \(Self.longest) bytes, not \(count)")
            }
            return Response(
                status: .ok,
                headers: [.contentType: "application/octet-stream", .cacheControl: "no-store"],
                body: Self.body(count)
            )
        }
    }

    private static func body(_ count: Int) -> ResponseBody {
        ResponseBody(contentLength: count) { writer in
            let chunk = ByteBuffer(bytes: (0..<chunkLength).map { UInt8($0 % 251) })
            var left = count
            while left > 0 {
                let length = min(left, chunkLength)
                try await writer.write(chunk.getSlice(at: 0, length: length) ?? chunk)
                left -= length
            }
            try await writer.finish(nil)
        }
    }
}
