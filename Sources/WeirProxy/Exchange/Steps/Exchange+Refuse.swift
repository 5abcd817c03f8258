import Logging
import NIOCore
import WeirHTTP
import WeirUpstream

extension Exchange {
    func refuse(_ error: ProxyError) -> Step {
        leaveSource()
        if case .upstream(let cause, _) = error { cacheStatus.detail = detail(of: cause) ?? cacheStatus.detail }
        log(error)
        // A response of which nothing has left yet is taken back.
        if stream.isHeadHeld { response = ClientResponse() }
        guard !response.hasStarted else {
            breakOff()
            return .wait
        }
        response.transform = .none
        cacheStatus.isStored = false
        let json = ErrorBody.json(for: error, requestID: requestID)
        var refusal = ResponseHead(
            status: error.status,
            framing: .length(UInt64(json.readableBytes)),
            fields: ["Content-Type": "application/json", "Cache-Control": "no-store"]
        )
        if let seconds = error.retryAfter { refusal.fields.append(.retryAfter, String(seconds)) }
        switch error {
        case .methodNotRouted(let allowed): refusal.fields.append(.allow, allowed)
        case .methodRefused: refusal.fields.append(.allow, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
        case .rangeNotSatisfiable(let length): refusal.fields.append(.contentRange, "bytes */\(length)")
        default: break
        }
        // What follows cannot be told apart from the rest of this request any more, or is not wanted.
        response.mustClose = error.endsConnection || (!body.isWhole && head.framing != .none)
        startResponse(refusal, mayDecode: false)
        sendBody(json)
        endResponse()
        return .wait
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
