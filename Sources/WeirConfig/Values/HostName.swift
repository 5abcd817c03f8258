import NIOCore

/// Host names and addresses, as listeners, upstreams and routes have them.
enum HostName {
    /// Letters, digits, `-`, `_` and dots between labels of 1 to 63; an IPv4 address is one too.
    static func isName(_ text: some StringProtocol) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count)
                && label.utf8.allSatisfy { byte in
                    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x2D || byte == 0x5F
                }
        }
    }

    static func isIPv6(_ text: some StringProtocol) -> Bool {
        guard text.contains(":"), !text.contains("%") else { return false }
        return (try? SocketAddress(ipAddress: String(text), port: 0)) != nil
    }

    /// Splits `host`, `host:port`, `[address]` and `[address]:port`; the host comes without its brackets.
    ///
    /// - Returns: nil unless the host is a name or an address and the port a number up to 65535.
    static func split(_ text: some StringProtocol) -> (host: String, port: Int?)? {
        let host: Substring
        let rest: Substring
        let text = Substring(text)
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[..<end].dropFirst()
            rest = text[text.index(after: end)...]
            guard isIPv6(host) else { return nil }
        } else {
            let end = text.firstIndex(of: ":") ?? text.endIndex
            host = text[..<end]
            rest = text[end...]
            guard isName(host), isPlausibleAddress(host) else { return nil }
        }
        guard !rest.isEmpty else { return (String(host), nil) }
        guard rest.hasPrefix(":"), let port = Decimals.whole(rest.dropFirst()), port <= 65535 else { return nil }
        return (String(host), port)
    }

    /// What is made of digits and dots alone must be an IPv4 address.
    private static func isPlausibleAddress(_ host: Substring) -> Bool {
        guard host.utf8.allSatisfy({ $0 &- 0x30 < 10 || $0 == 0x2E }) else { return true }
        return (try? SocketAddress(ipAddress: String(host), port: 0)) != nil
    }
}
