import NIOCore
import WeirHTTP

/// Which content coding one client gets of a response that streams through, and what that does to its fields.
enum ResponseCoding: Equatable {
    case unchanged
    case compress
    case decompress

    /// - Parameter mayDecode: whether Weir itself asked for gzip, so that undoing it is its business.
    static func choose(
        _ response: ResponseHead,
        request: RequestHead,
        features: Features,
        mayDecode: Bool
    ) -> ResponseCoding {
        if mayDecode, isGzip(response.fields), !AcceptEncoding.accepts(.gzip, request.fields) { return .decompress }
        guard features.gzip, isCompressible(response), !request.forbidsTransforming else { return .unchanged }
        return AcceptEncoding.preferred(request.fields, among: [.gzip, .identity]) == .gzip ? .compress : .unchanged
    }

    /// Whether another client might get this response in another coding, so that `Vary` has to say it.
    static func varies(_ response: ResponseHead, features: Features, mayDecode: Bool) -> Bool {
        (mayDecode && isGzip(response.fields)) || (features.gzip && isCompressible(response))
    }

    static func isGzip(_ fields: FieldSection) -> Bool {
        guard let coding = fields.first(.contentEncoding), fields.count(of: .contentEncoding) == 1 else { return false }
        return ASCII.equalIgnoringCase(coding, "gzip") || ASCII.equalIgnoringCase(coding, "x-gzip")
    }

    private static func isCompressible(_ response: ResponseHead) -> Bool {
        let length: UInt64? = if case .length(let length) = response.framing { length } else { nil }
        return CompressionPolicy().applies(to: response, length: length)
    }

    /// Whether the client says in `If-None-Match` that it has this coding of a response, rather than the upstream's own.
    func isNamed(by request: FieldSection, of response: FieldSection) -> Bool {
        guard let own = ResponseCoding.unchanged.entityTag(response), let coded = entityTag(response), own != coded
        else { return false }
        let tags = request.listMembers(.ifNoneMatch).compactMap { EntityTag($0) }
        return tags.contains { EntityTag.weakEqual($0, coded) } && !tags.contains { EntityTag.weakEqual($0, own) }
    }

    /// The entity tag of this coding of a response, or nil where it has none that can be told.
    func entityTag(_ fields: FieldSection) -> EntityTag? {
        guard fields.count(of: .etag) == 1, let value = fields.first(.etag), let tag = EntityTag(value) else {
            return nil
        }
        switch self {
        case .unchanged: return tag
        case .compress: return tag.suffixed(.gzip)
        case .decompress: return tag.suffixed(.identity)
        }
    }
}

extension RequestHead {
    /// `Cache-Control: no-transform` in a request (RFC 9111 §5.2.1.6).
    var forbidsTransforming: Bool {
        fields.contains(.cacheControl) && CacheControl.ofRequest(fields).noTransform
    }
}
