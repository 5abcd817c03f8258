#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// `NO_PROXY`: hosts that are reached without the proxy, by libcurl's rules. `*` for all of them; a name stands for itself
/// and what lies under it; an address for itself, or with a `/` for a network.
struct ProxyExemptions {
    private let entries: [Substring]

    init(_ text: String) { entries = text.split { $0 == "," || $0 == " " } }

    /// - Parameter host: a name, or an address without brackets.
    func contain(_ host: String) -> Bool {
        if entries == ["*"] { return true }
        let address = Self.bytes(host)
        return entries.contains { entry in
            if let address { Self.covers(entry, address) } else { Self.covers(entry, name: host) }
        }
    }

    private static func covers(_ entry: Substring, name: String) -> Bool {
        func trimmed(_ text: some StringProtocol) -> String {
            var text = text.lowercased()[...]
            if text.hasPrefix(".") { text.removeFirst() }
            if text.hasSuffix(".") { text.removeLast() }
            return String(text)
        }
        let (entry, name) = (trimmed(entry), trimmed(name))
        return !entry.isEmpty && (name == entry || name.hasSuffix("." + entry))
    }

    private static func covers(_ entry: Substring, _ address: [UInt8]) -> Bool {
        let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let text = parts[0].hasPrefix("[") ? parts[0].dropFirst().prefix { $0 != "]" } : parts[0]
        guard let network = bytes(String(text)), network.count == address.count else { return false }
        guard parts.count == 2 else { return network == address }
        guard let bits = Int(parts[1]), (0...address.count * 8).contains(bits) else { return false }
        let (whole, rest) = bits.quotientAndRemainder(dividingBy: 8)
        guard network.prefix(whole) == address.prefix(whole) else { return false }
        return rest == 0 || (network[whole] ^ address[whole]) >> (8 - rest) == 0
    }

    /// In network order; nil for what is no address.
    private static func bytes(_ text: String) -> [UInt8]? {
        let isV6 = text.contains(":")
        var bytes = [UInt8](repeating: 0, count: isV6 ? 16 : 4)
        // Writes four bytes for one family and sixteen for the other: as many as there are.
        guard unsafe inet_pton(isV6 ? AF_INET6 : AF_INET, text, &bytes) == 1 else { return nil }
        return bytes
    }
}
