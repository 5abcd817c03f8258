import Foundation
import WeirTesting

/// The one-line JSON of an answer of Weir's own, taken apart by another reader than Weir's.
struct ErrorAnswer: Equatable {
    var message: String
    var type: String
    var code: String
    var requestID: String

    init(_ json: [UInt8]) throws {
        guard json.last == 10, !json.dropLast().contains(10) else { throw WireMismatch("not one line") }
        guard let object = try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any], object.count == 1,
            let error = object["error"] as? [String: Any], error.count == 5, error["param"] is NSNull,
            let message = error["message"] as? String, let type = error["type"] as? String,
            let code = error["code"] as? String, let requestID = error["request_id"] as? String
        else { throw WireMismatch("not an error: \(String(decoding: json, as: UTF8.self))") }
        self.message = message
        self.type = type
        self.code = code
        self.requestID = requestID
    }
}

extension ReceivedResponse {
    func error() throws -> ErrorAnswer { try ErrorAnswer(body.bytes) }
}
