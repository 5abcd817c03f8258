import NIOCore
import WeirHTTP

/// A URI reference (RFC 3986 §4.1) as a response gives it, to be resolved within the origin that it came from.
struct URLReference {
    private let bytes: ArraySlice<UInt8>

    /// - Parameter text: a fragment is dropped.
    init(_ text: [UInt8]) { bytes = text.prefix { $0 != UInt8(ascii: "#") } }

    /// Path and query of what it names (RFC 3986 §5.2.2), or nil where that is of another origin, or not to be read.
    /// - Parameter base: the request.
    func resolved(against base: RequestHead, isSecure: Bool) -> [UInt8]? {
        // Nothing else may be in a reference, and nothing else could end a request line.
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        var rest = bytes
        if let scheme = Self.takeScheme(&rest) {
            guard ASCII.equalIgnoringCase(scheme, isSecure ? "https" : "http"), rest.starts(with: "//".utf8) else {
                return nil
            }
        }
        if rest.starts(with: "//".utf8) {
            let authority = rest.dropFirst(2).prefix { $0 != Self.slash && $0 != Self.mark }
            guard !authority.isEmpty, Self.isHost(authority, of: base, isSecure: isSecure) else { return nil }
            rest = rest[authority.endIndex...]
            return Self.join(rest.first == Self.slash ? rest : [Self.slash] + rest)
        }
        if rest.isEmpty { return Array(base.pathAndQuery) }
        if rest.first == Self.mark { return Array(base.path) + rest }
        if rest.first == Self.slash { return Self.join(rest) }
        let folder = base.path.lastIndex(of: Self.slash).map { Array(base.path[...$0]) } ?? [Self.slash]
        return Self.join(folder + rest)
    }

    private static func isHost(_ authority: ArraySlice<UInt8>, of base: RequestHead, isSecure: Bool) -> Bool {
        let own = HTTPKey.normalised(host: base.fields.first(.host), isSecure: isSecure)
        let other = HTTPKey.normalised(host: ByteBuffer(bytes: authority).readableBytesView, isSecure: isSecure)
        return own.elementsEqual(other)
    }

    /// Takes `scheme:` off the front, where there is one (RFC 3986 §3.1).
    private static func takeScheme(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let end = rest.firstIndex { [UInt8(ascii: ":"), slash, mark].contains($0) }
        guard let end, rest[end] == UInt8(ascii: ":") else { return nil }
        let scheme = rest[..<end]
        rest = rest[(end + 1)...]
        return scheme
    }

    /// - Parameter reference: a path that begins with a slash, and a query perhaps.
    private static func join(_ reference: ArraySlice<UInt8>) -> [UInt8] {
        let path = reference.prefix { $0 != mark }
        return withoutDots(path) + reference[path.endIndex...]
    }

    private static func join(_ reference: [UInt8]) -> [UInt8] { join(reference[...]) }

    /// RFC 3986 §5.2.4.
    private static func withoutDots(_ path: ArraySlice<UInt8>) -> [UInt8] {
        let segments = path.dropFirst().split(separator: slash, omittingEmptySubsequences: false)
        var kept: [ArraySlice<UInt8>] = []
        for (index, segment) in segments.enumerated() {
            let isParent = segment.elementsEqual("..".utf8)
            guard isParent || segment.elementsEqual(".".utf8) else {
                kept.append(segment)
                continue
            }
            if isParent { _ = kept.popLast() }
            if index == segments.count - 1 { kept.append([]) }
        }
        return [slash] + Array(kept.joined(separator: CollectionOfOne(slash)))
    }

    private static let slash = UInt8(ascii: "/")
    private static let mark = UInt8(ascii: "?")
}
