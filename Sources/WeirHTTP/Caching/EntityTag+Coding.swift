/// The tags of the forms that Weir makes by coding and decoding.
///
/// A strong tag stands for the bytes of one form alone (RFC 9110 §8.8.3.3), so that each form of Weir's making has
/// its own: `"abc"` becomes `"abc-gzip"`. That keeps ranges and strong comparison right for each. A weak tag stands
/// for all of them and stays as it is. Upstream knows nothing of the suffix: it is taken off what goes there.
extension EntityTag {
    /// The tag of the form that Weir makes with `coding` from the one that has this tag; for `identity`, by decoding.
    package func suffixed(_ coding: ContentCoding) -> EntityTag {
        guard !isWeak else { return self }
        return EntityTag(isWeak: false, opaque: opaque + Self.suffix(of: coding))
    }

    /// Undoes ``suffixed(_:)``. A tag without that suffix stays as it is. A weak one loses it too, because a cache on
    /// the way may have weakened what Weir sent.
    package func strippingSuffix(of coding: ContentCoding) -> EntityTag {
        let suffix = Self.suffix(of: coding)
        guard opaque.count >= suffix.count, opaque.suffix(suffix.count) == suffix[...] else { return self }
        return EntityTag(isWeak: isWeak, opaque: opaque.dropLast(suffix.count))
    }

    /// Takes Weir's suffix off every tag of an `If-None-Match`, `If-Match` or `If-Range` value. Everything else, dates
    /// and what is malformed, stays byte for byte.
    package static func strippingCodingSuffixes(_ fieldValue: some Collection<UInt8>) -> [UInt8] {
        let value = Array(fieldValue)
        var stripped: [UInt8] = []
        stripped.reserveCapacity(value.count)
        var rest = value[...]
        while let open = rest.firstIndex(of: ASCII.quote),
            let close = rest[(open + 1)...].firstIndex(of: ASCII.quote)
        {
            stripped += rest[...open]
            let tag = rest[(open + 1)..<close]
            let suffix = ContentCoding.allCases.lazy.map(Self.suffix).first {
                tag.count >= $0.count && tag.suffix($0.count) == $0[...]
            }
            stripped += tag.dropLast(suffix?.count ?? 0)
            stripped.append(ASCII.quote)
            rest = rest[(close + 1)...]
        }
        return stripped + rest
    }

    private static func suffix(of coding: ContentCoding) -> [UInt8] { suffixes[Int(coding.rawValue)] }

    private static let suffixes: [[UInt8]] = ContentCoding.allCases.map { Array("-\($0.token)".utf8) }
}
