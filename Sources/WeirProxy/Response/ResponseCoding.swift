import WeirHTTP

/// What is done about the content coding of a response for one client, and what that does to its fields.
enum ResponseCoding: Equatable {
    case unchanged
    case compress(ContentCoding)
    case decompress

    static func isGzip(_ fields: FieldSection) -> Bool {
        guard let coding = fields.first(.contentEncoding), fields.count(of: .contentEncoding) == 1 else { return false }
        return ASCII.equalIgnoringCase(coding, "gzip") || ASCII.equalIgnoringCase(coding, "x-gzip")
    }

    /// Whether the client says in `If-None-Match` that it has this coding of a response, rather than the upstream's own.
    func isNamed(by request: FieldSection, of response: FieldSection) -> Bool {
        guard let own = ResponseCoding.unchanged.entityTag(response), let coded = entityTag(response), own != coded
        else { return false }
        let tags = request.listMembers(.ifNoneMatch).compactMap { EntityTag($0) }
        return tags.contains { EntityTag.weakEqual($0, coded) } && !tags.contains { EntityTag.weakEqual($0, own) }
    }

    /// The entity tag of this coding of a response, or nil where it has none that can be told. What is compressed on its way
    /// has a weak one: its bytes depend on how they came, and are none that a part could be joined to (RFC 9110 §8.8.1).
    func entityTag(_ fields: FieldSection) -> EntityTag? {
        guard fields.count(of: .etag) == 1, let value = fields.first(.etag), let tag = EntityTag(value) else {
            return nil
        }
        switch self {
        case .unchanged: return tag
        case .compress(let coding): return EntityTag(isWeak: true, opaque: tag.suffixed(coding).opaque)
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
