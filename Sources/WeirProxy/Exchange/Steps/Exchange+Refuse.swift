import Logging
import NIOCore
import WeirHTTP
import WeirLedger
import WeirOpenAI
import WeirUpstream

extension Exchange {
    func refuse(_ error: ProxyError) -> Step {
        leaveSource()
        switch error {
        case .upstream(let cause, _): cacheStatus.detail = detail(of: cause) ?? cacheStatus.detail
        case .allowance(let refusal): cacheStatus.detail = refusal.detail
        default: break
        }
        log(error)
        // A response of which nothing has left yet is taken back.
        if stream.isHeadHeld || held != nil { response = ClientResponse() }
        held = nil
        guard !response.hasStarted else {
            breakOff()
            return .wait
        }
        response.transform = .none
        cacheStatus.isStored = false
        let json = ErrorBody.json(for: error, requestID: requestID)
        var answer = ResponseHead(
            status: error.status,
            framing: .length(UInt64(json.readableBytes)),
            fields: ["Content-Type": "application/json", "Cache-Control": "no-store"]
        )
        if let seconds = error.retryAfter { answer.fields.append(.retryAfter, String(seconds)) }
        switch error {
        case .methodNotRouted(let allowed): answer.fields.append(.allow, allowed)
        case .methodRefused: answer.fields.append(.allow, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
        case .token(let error): answer.fields.append(.wwwAuthenticate, Self.challenge(error))
        case .allowance(let refusal): append(refusal, to: &answer.fields)
        case .rangeNotSatisfiable(let length): answer.fields.append(.contentRange, "bytes */\(length)")
        default: break
        }
        // What follows cannot be told apart from the rest of this request any more, or is not wanted.
        response.mustClose = error.endsConnection || (!body.isWhole && head.framing != .none)
        startResponse(answer, mayDecode: false)
        sendBody(json)
        endResponse()
        return .wait
    }

    /// RFC 6750 §3: who brought no token is told no error.
    private static func challenge(_ error: TokenError) -> String {
        error == .missing ? "Bearer" : "Bearer error=\"invalid_token\", error_description=\"\(error.rawValue)\""
    }

    /// When to ask again, in the ways that clients read it.
    private func append(_ refusal: AllowanceRefusal, to fields: inout FieldSection) {
        switch refusal {
        case .rate(_, let refusal):
            fields.append(named: "retry-after-ms", String(refusal.wait.milliseconds))
            if let rateLevels { RateFields.append(rateLevels, to: &fields) }
        // Until the day ends: no client waits for that.
        case .budget, .unpriced: fields.append(.xShouldRetry, "false")
        }
    }

    /// Why the upstream was not asked.
    private func detail(of error: UpstreamError) -> String? {
        switch error {
        case .breakerOpen: "breaker-open"
        case .coolingDown: "cooling-down"
        case .paced: "paced"
        default: nil
        }
    }

    /// What an operator can do something about is a warning. A breaker that is open, and a 429, have been heard of before.
    func log(_ error: ProxyError) {
        var isNews = error.concernsOperator
        if case .upstream(let cause, _) = error, detail(of: cause) != nil { isNews = false }
        shared.logger.log(
            level: isNews ? .warning : .debug,
            "\(error.message)",
            metadata: [
                "status": "\(error.status)",
                "code": "\(error.code)",
                "route": "\(route?.name ?? "-")",
                "request_id": "\(String(decoding: requestID, as: UTF8.self))",
            ]
        )
    }
}
