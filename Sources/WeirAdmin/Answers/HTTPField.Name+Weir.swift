import HTTPTypes

extension HTTPField.Name {
    /// Fetch Metadata: how the page that makes a request relates to what it asks.
    static var secFetchSite: HTTPField.Name {
        guard let name = HTTPField.Name("Sec-Fetch-Site") else {
            preconditionFailure("Cannot name a field 'Sec-Fetch-Site'")
        }
        return name
    }

    static var requestID: HTTPField.Name {
        guard let name = HTTPField.Name("X-Request-Id") else {
            preconditionFailure("Cannot name a field 'X-Request-Id'")
        }
        return name
    }
}
