/// Fields of a request that are no part of HTTP, and that origins all the same take for where a request came from, what
/// it asked for, or what is to be done. None of them may be named away in Connection, nor be brought in a trailer.
package enum RoutingFields {
    /// What proxies tell origins, in the spellings in use. Weir tells it itself, and no client does through Weir.
    private static let claims: [StaticString] = [
        "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip", "fastly-client-ip",
        "x-envoy-external-address", "x-original-url", "x-original-uri", "x-rewrite-url", "x-original-host", "x-host",
        "x-http-host-override", "x-scheme", "x-url-scheme", "front-end-https",
    ]
    private static let claimPrefix: StaticString = "x-forwarded-"

    private static let methodOverrides: [StaticString] = [
        "x-http-method", "x-method-override", "x-http-method-override",
    ]

    /// Whether an origin might take the field for something that Weir says: a claim by its own name, or any known name
    /// in a spelling that an origin cannot tell from it. CGI and its heirs (WSGI, Rack, PHP) read `-` as `_`, so that
    /// `Content_Length` and `X_Forwarded_For` are to them what `Content-Length` and `X-Forwarded-For` are.
    package static func misleads(_ line: FieldLine, of section: FieldSection) -> Bool {
        guard line.name == .other else { return false }
        return section.withNameBytes(of: line) { name in
            if isClaim(name) { return true }
            guard name.contains(underscore) else { return false }
            let alias = name.indices.map { name[$0] == underscore ? hyphen : name[$0] }
            return FieldName.recognise(alias.span) != .other || isClaim(alias.span) || isMethodOverride(alias.span)
        }
    }

    /// Whether the request asks its origin to take it for one of another method.
    package static func overrideMethod(_ section: FieldSection) -> Bool {
        section.lines.contains { line in
            line.name == .other && (13...22).contains(line.nameLength)
                && section.withNameBytes(of: line) { isMethodOverride($0) }
        }
    }

    static func contains(_ line: FieldLine, of section: FieldSection) -> Bool {
        line.name == .other && section.withNameBytes(of: line) { contains($0) }
    }

    static func contains(_ name: Span<UInt8>) -> Bool { isClaim(name) || isMethodOverride(name) }

    private static func isClaim(_ name: Span<UInt8>) -> Bool {
        ASCII.equalIgnoringCase(name.extracting(first: claimPrefix.utf8CodeUnitCount), claimPrefix)
            || claims.contains { ASCII.equalIgnoringCase(name, $0) }
    }

    private static func isMethodOverride(_ name: Span<UInt8>) -> Bool {
        methodOverrides.contains { ASCII.equalIgnoringCase(name, $0) }
    }

    private static let underscore = UInt8(ascii: "_")
    private static let hyphen = UInt8(ascii: "-")
}

extension Span where Element == UInt8 {
    fileprivate func contains(_ byte: UInt8) -> Bool {
        for index in indices where self[index] == byte { return true }
        return false
    }
}
