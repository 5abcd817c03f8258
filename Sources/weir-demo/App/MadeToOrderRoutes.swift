import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// Answers that say in their URL what they are to be like.
///
/// - `/slow?ms=`: late, then fresh for a minute
/// - `/status/{code}`
/// - `/private`: `no-store`; `/vary`: by Accept-Language; `/flaky`: fails as `/_demo/fail` says
/// - `/answer?size=&type=&cache_control=&etag=&vary=&last_modified=&set_cookie=&tag=&encoding=`: text of that
///   many bytes and those fields, with a 304 where `etag` or `last_modified` (Unix seconds) allows it
/// - `/cut?size=&after=&chunked=`: breaks off after so many bytes of the body
struct MadeToOrderRoutes {
    let controls: Controls

    func add(to router: Router<DemoContext>) {
        router.get("slow") { request, context in
            try await context.pause(.milliseconds(number("ms", of: request) ?? 1000))
            return Response.json(["slow": true], headers: [.cacheControl: "max-age=60"])
        }
        for method in [HTTPRequest.Method.get, .post, .put, .delete] {
            router.on("status/:code", method: method) { _, context in
                try Self.status(context.parameters.require("code", as: Int.self))
            }
        }
        router.get("private") { _, _ in
            Response.json(["account": "yours alone"], headers: [.cacheControl: "private, no-store"])
        }
        router.get("vary") { request, _ in
            let language = request.headers[.acceptLanguage] ?? "en"
            return Response.json(
                ["language": .string(language)],
                headers: [.cacheControl: "max-age=60", .vary: "Accept-Language"]
            )
        }
        router.get("flaky") { _, _ in Response.json(["flaky": "well for now"], headers: [.cacheControl: "no-store"]) }
        router.get("answer", use: answer)
        router.get("cut") { request, _ in
            let size = number("size", of: request) ?? 2000
            return Response.cut(
                Self.text(size),
                after: min(number("after", of: request) ?? size / 2, size),
                chunked: request.uri.queryParameters["chunked"] != nil,
                headers: [.contentType: "text/plain", .cacheControl: "max-age=60"]
            )
        }
    }

    private func answer(_ request: Request, _ context: DemoContext) -> Response {
        let query = request.uri.queryParameters
        var headers = HTTPFields()
        headers[.contentType] = query["type"].map(String.init) ?? "text/plain; charset=utf-8"
        headers[.cacheControl] = query["cache_control"].map(String.init)
        headers[.vary] = query["vary"].map(String.init)
        headers[.setCookie] = query["set_cookie"].map(String.init)
        headers[.contentEncoding] = query["encoding"].map(String.init)
        headers[.cacheTag] = query["tag"].map(String.init)
        headers[.demoCall] = String(controls.calls.total)
        let modified = number("last_modified", of: request).map { Date(timeIntervalSince1970: Double($0)) }
        let etag = query["etag"].map { "\"\($0)\"" }
        headers[.eTag] = etag
        headers[.lastModified] = modified.map(HTTPDate.string)
        if etag != nil || modified != nil {
            let validators = Validators(etag: etag ?? "", modified: modified ?? Date())
            if validators.areCurrent(for: request) {
                controls.calls.recordNotModified(request)
                return Response(status: .notModified, headers: headers)
            }
        }
        let body = ByteBuffer(bytes: Self.text(number("size", of: request) ?? 2000))
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    private static func status(_ code: Int) throws -> Response {
        guard (200...599).contains(code) else {
            throw HTTPError(.badRequest, message: "a status from 200 to 599, not \(code)")
        }
        let status = HTTPResponse.Status(code: code)
        guard code != 204 && code != 304 else { return Response(status: status) }
        return .json(["status": .integer(code)], status: status)
    }

    /// Lines that compress well and differ, of `size` bytes in all.
    private static func text(_ size: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size + 80)
        var line = 1
        while bytes.count < size {
            bytes.append(contentsOf: "\(line): the weir holds some of the river back\n".utf8)
            line += 1
        }
        return Array(bytes.prefix(size))
    }

    private func number(_ name: String, of request: Request) -> Int? {
        request.uri.queryParameters.get(name, as: Int.self).map { max($0, 0) }
    }
}
