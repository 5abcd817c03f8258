import WeirTesting

extension RawClient {
    func get(_ target: String, fields: String = "") async throws -> ReceivedResponse {
        try await request("GET", target, fields: fields)
    }
}
