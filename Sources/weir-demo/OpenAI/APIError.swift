import HTTPTypes
import Hummingbird

/// An error in the API's own shape.
struct APIError: Error, HTTPResponseError {
    var status: HTTPResponse.Status
    let message: String
    let type: String
    var param: String?
    var code: String?
    var headers: HTTPFields = [:]

    static func invalid(_ message: String, param: String? = nil) -> APIError {
        APIError(status: .badRequest, message: message, type: "invalid_request_error", param: param)
    }

    var json: JSONValue {
        [
            "error": [
                "message": .string(message),
                "type": .string(type),
                "param": param.map(JSONValue.string) ?? .null,
                "code": code.map(JSONValue.string) ?? .null,
            ]
        ]
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        .json(json, status: status, headers: headers)
    }
}
