import HTTPTypes
import Hummingbird
import NIOCore
import WeirProxy

/// `cache/warm`: JSON lines in, JSON lines out, of the totals so far, the last of them with `done`.
extension Endpoints {
    static let lines = "application/x-ndjson"
    /// Fields of the request whose names begin so are, without it, those of lines that have none of their own.
    private static let fieldPrefix = "warm-"

    @Sendable func warm(_ request: Request, _: AdminContext) async throws -> Response {
        let type = request.headers[.contentType]
        guard Self.mediaType(type) == Self.lines else { throw AdminError.unexpectedType(type, Self.lines) }
        let terms = WarmTerms(concurrency: try Self.concurrency(request), fields: try Self.fields(request.headers))
        let list = WarmList(try await Self.bytes(of: request, limit: settings.maxWarm))
        let subject = subject
        return Response(
            status: .ok,
            headers: [.contentType: Self.lines],
            body: ResponseBody { writer in
                let (told, telling) = AsyncStream.makeStream(of: WarmTotals.self, bufferingPolicy: .bufferingNewest(1))
                async let totals = Self.warm(subject, list, terms, telling)
                // A client that has gone ends this, and with it the warming.
                for await totals in told { try await writer.write(JSONAnswer.line(WarmAnswer(totals, isDone: false))) }
                try await writer.write(JSONAnswer.line(WarmAnswer(await totals, isDone: true)))
                try await writer.finish(nil)
            }
        )
    }

    private static func warm(
        _ subject: any AdminSubject,
        _ list: WarmList,
        _ terms: WarmTerms,
        _ telling: AsyncStream<WarmTotals>.Continuation
    ) async -> WarmTotals {
        defer { telling.finish() }
        return await subject.warm(list, terms) { telling.yield($0) }
    }

    private static func concurrency(_ request: Request) throws(AdminError) -> Int {
        guard let text = request.uri.queryParameters["concurrency"] else { return WarmTerms.usualConcurrency }
        let most = WarmTerms.concurrencies
        guard let value = Int(text), most.contains(value) else {
            throw .invalidParameter("concurrency", expected: "\(most.lowerBound) to \(most.upperBound)")
        }
        return value
    }

    private static func fields(_ fields: HTTPFields) throws(AdminError) -> [WarmTerms.Field] {
        var given: [WarmTerms.Field] = []
        for field in fields where field.name.canonicalName.hasPrefix(fieldPrefix) {
            guard let line = WarmTerms.Field(String(field.name.rawName.dropFirst(fieldPrefix.count)), field.value)
            else {
                throw .invalidParameter(
                    field.name.rawName,
                    expected: "Warm- and the name of a field that is none of a connection"
                )
            }
            given.append(line)
        }
        return given
    }
}
