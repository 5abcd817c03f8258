/// The host and port of a request, as `Host` and absolute targets write them (RFC 9110 §7.2, RFC 3986 §3.2).
enum Authority {
    /// Whether the bytes are a host name, an IPv4 address or a bracketed IPv6 address, and perhaps a port of
    /// 1 to 65535. Narrower than RFC 3986: no user information, no escapes, no sub-delimiters, which no host that
    /// exists has and which servers read in different ways.
    static func isValid(_ bytes: Span<UInt8>, portNeeded: Bool) -> Bool {
        guard let hostEnd = endOfHost(bytes) else { return false }
        guard hostEnd < bytes.count else { return !portNeeded }
        return bytes[hostEnd] == ASCII.colon && isPort(bytes.extracting((hostEnd + 1)...))
    }

    private static func endOfHost(_ bytes: Span<UInt8>) -> Int? {
        guard bytes.count > 0 else { return nil }
        var index = 0
        if bytes[0] == UInt8(ascii: "[") {
            var colons = 0
            index = 1
            while index < bytes.count, bytes[index] != UInt8(ascii: "]") {
                if bytes[index] == ASCII.colon {
                    colons += 1
                } else if ASCII.hexValue(bytes[index]) == nil, bytes[index] != UInt8(ascii: ".") {
                    return nil
                }
                index += 1
            }
            return index < bytes.count && colons >= 2 && index <= 46 ? index + 1 : nil
        }
        while index < bytes.count, isNameByte(bytes[index]) { index += 1 }
        return index > 0 && index <= 255 ? index : nil
    }

    /// Letters, digits, `-`, `.`, and `_`, which names inside clusters do have.
    @inline(__always)
    private static func isNameByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || ASCII.isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "_")
    }

    private static func isPort(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count > 0, bytes.count <= 5 else { return false }
        var port = 0
        for index in bytes.indices {
            guard ASCII.isDigit(bytes[index]) else { return false }
            port = port * 10 + Int(bytes[index] &- 0x30)
        }
        return port > 0 && port <= 65535
    }
}
