/// The body of an error, in the shape that OpenAI clients already understand.
struct ErrorAnswer: Encodable {
    struct Details: Encodable {
        let message: String
        let code: String
        let requestID: String

        private enum CodingKeys: String, CodingKey {
            case message, type, code, param
            case requestID = "request_id"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(message, forKey: .message)
            try container.encode("weir_error", forKey: .type)
            try container.encode(code, forKey: .code)
            try container.encodeNil(forKey: .param)
            try container.encode(requestID, forKey: .requestID)
        }
    }

    let error: Details

    init(_ error: AdminError, requestID: String) {
        self.error = Details(message: error.message, code: error.code, requestID: requestID)
    }
}
