import HTTPTypes

/// A model's name that asks for a failure.
enum ModelFault: Equatable {
    /// `demo-error-429`, and so on.
    case status(Int)
    /// `demo-quota`: the account has run dry.
    case quota
    /// `demo-slow-down` and `demo-overloaded`: the API wants to be asked more slowly, or later.
    case busy(Int, code: String)
    /// `demo-credit` and `demo-limit`: the account, or what its owner allows, is spent.
    case spent(code: String)
    /// `demo-cut`: the connection closes half-way through the answer.
    case cut
    /// `demo-stream-error`: an error event half-way through a stream that began with 200.
    case errorEvent
    /// `demo-slow`: two seconds before the answer.
    case slow

    init?(model: String) {
        switch model {
        case "demo-quota": self = .quota
        case "demo-slow-down": self = .busy(429, code: "slow_down")
        case "demo-overloaded": self = .busy(503, code: "server_is_overloaded")
        case "demo-credit": self = .spent(code: "credit_balance_exhausted")
        case "demo-limit": self = .spent(code: "project_spend_limit_exceeded")
        case "demo-cut": self = .cut
        case "demo-stream-error": self = .errorEvent
        case "demo-slow": self = .slow
        default:
            guard model.hasPrefix("demo-error-"), let status = Int(model.dropFirst("demo-error-".count)),
                (400...599).contains(status)
            else { return nil }
            self = .status(status)
        }
    }

    /// What the API says to an account that has run dry.
    static let quotaError = APIError(
        status: .tooManyRequests,
        message: "You exceeded your current quota, please check your plan and billing details.",
        type: "insufficient_quota",
        code: "insufficient_quota"
    )

    /// What the API says with such a status.
    static func error(status: Int) -> APIError {
        let code = HTTPResponse.Status(code: status)
        switch status {
        case 401:
            return APIError(
                status: code,
                message: "Incorrect API key provided.",
                type: "invalid_request_error",
                code: "invalid_api_key"
            )
        case 429:
            return APIError(
                status: code,
                message: "Rate limit reached for requests. Please try again in 1s.",
                type: "requests",
                code: "rate_limit_exceeded",
                headers: [.retryAfter: "1"]
            )
        case 500...:
            return APIError(
                status: code,
                message: "The server had an error while processing your request.",
                type: "server_error"
            )
        default:
            return APIError(status: code, message: "weir-demo was asked to fail.", type: "invalid_request_error")
        }
    }
}
