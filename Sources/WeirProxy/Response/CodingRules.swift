import WeirHTTP

/// What may be done about the content coding of one route's responses.
struct CodingRules {
    let settings: CompressionSettings
    /// Whether responses are compressed at all.
    let compresses: Bool
    /// Whether Weir itself asked for gzip, so that undoing it is its business.
    let mayDecode: Bool

    func choose(_ response: ResponseHead, for request: RequestHead) -> ResponseCoding {
        if mayDecode, ResponseCoding.isGzip(response.fields), !AcceptEncoding.accepts(.gzip, request.fields) {
            return .decompress
        }
        guard isCompressible(response), !request.forbidsTransforming,
            let coding = settings.preferred(request.fields), coding != .identity
        else { return .unchanged }
        return .compress(coding)
    }

    /// Whether another client might get this response in another coding, so that `Vary` has to say it.
    func varies(_ response: ResponseHead) -> Bool {
        (mayDecode && ResponseCoding.isGzip(response.fields)) || isCompressible(response)
    }

    /// The coding of a response that this client says in `If-None-Match` to have, where it is one of Weir's making.
    func named(by request: FieldSection, of response: FieldSection) -> ResponseCoding? {
        settings.codings.map { ResponseCoding.compress($0) }.first { $0.isNamed(by: request, of: response) }
    }

    private func isCompressible(_ response: ResponseHead) -> Bool {
        guard compresses else { return false }
        let length: UInt64? = if case .length(let length) = response.framing { length } else { nil }
        return settings.policy.applies(to: response, length: length)
    }
}
