import HTTPTypes
import Hummingbird
import NIOCore
import WeirProxy

/// `cache/popular`, and the requests of these keys as a warming list.
extension Endpoints {
    private static let usualLimit = 20
    private static let limits = 1...10_000

    @Sendable func popular(_ request: Request, _: AdminContext) async throws -> Response {
        try JSONAnswer.response(PopularAnswer(await subject.popular(limit: try Self.limit(request))))
    }

    @Sendable func popularRequests(_ request: Request, _: AdminContext) async throws -> Response {
        var list = ByteBuffer()
        for key in await subject.popular(limit: try Self.limit(request)) {
            if let line = key.request?.line { list.writeImmutableBuffer(line) }
        }
        return Response(status: .ok, headers: [.contentType: Self.lines], body: ResponseBody(byteBuffer: list))
    }

    private static func limit(_ request: Request) throws(AdminError) -> Int {
        guard let text = request.uri.queryParameters["limit"] else { return usualLimit }
        guard let value = Int(text), limits.contains(value) else {
            throw .invalidParameter("limit", expected: "\(limits.lowerBound) to \(limits.upperBound)")
        }
        return value
    }
}
