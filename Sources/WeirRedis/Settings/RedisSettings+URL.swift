extension RedisSettings {
    /// Reads `redis://[[user]:password@]host[:port][/database]`; `rediss://` is Redis over TLS. User and password are
    /// percent-decoded, an IPv6 address stands in brackets.
    package static func parse(url: String) throws(RedisURLError) -> RedisSettings {
        guard let colon = url.firstRange(of: "://") else { throw .scheme }
        let isSecure: Bool
        switch url[..<colon.lowerBound].lowercased() {
        case "redis": isSecure = false
        case "rediss": isSecure = true
        default: throw .scheme
        }
        let rest = url[colon.upperBound...]
        let authorityEnd = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        // A password that is not encoded may hold '@'; a host cannot.
        guard !rest[authorityEnd...].contains("@") else { throw .percentEncoding }
        let at = rest[..<authorityEnd].lastIndex(of: "@")
        let endpoint = try endpoint(rest[(at.map { rest.index(after: $0) } ?? rest.startIndex)..<authorityEnd])
        var settings = RedisSettings(place: .single(endpoint), isSecure: isSecure)
        if let at { (settings.username, settings.password) = try credentials(rest[..<at]) }
        settings.database = try database(rest[authorityEnd...])
        return settings
    }

    private static func credentials(_ text: Substring) throws(RedisURLError) -> (user: String?, password: String?) {
        guard let colon = text.firstIndex(of: ":") else { throw .userWithoutPassword }
        let user = try decoded(text[..<colon])
        let password = try decoded(text[text.index(after: colon)...])
        guard !password.isEmpty else {
            if user.isEmpty { return (nil, nil) }
            throw .userWithoutPassword
        }
        return (user.isEmpty ? nil : user, password)
    }

    private static func endpoint(_ text: Substring) throws(RedisURLError) -> RedisEndpoint {
        let host: Substring
        var rest: Substring
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { throw .host }
            host = text[text.index(after: text.startIndex)..<end]
            guard host.contains(":") else { throw .host }
            rest = text[text.index(after: end)...]
        } else {
            let end = text.firstIndex(of: ":") ?? text.endIndex
            host = text[..<end]
            rest = text[end...]
            guard !rest.dropFirst().contains(":") else { throw .host }
        }
        let isHost = host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") }
        guard !host.isEmpty, isHost, rest.isEmpty || rest.first == ":" else { throw .host }
        guard !rest.isEmpty else { return RedisEndpoint(host: String(host)) }
        rest.removeFirst()
        guard let port = number(rest), (1...65_535).contains(port) else { throw .port(String(rest)) }
        return RedisEndpoint(host: String(host), port: port)
    }

    /// - Parameter text: all that follows the port.
    private static func database(_ text: Substring) throws(RedisURLError) -> Int {
        guard !text.contains(where: { $0 == "?" || $0 == "#" }) else { throw .extra }
        let digits = text.dropFirst()
        guard !digits.isEmpty else { return 0 }
        guard let database = number(digits) else { throw .database(String(digits)) }
        return database
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }

    private static func decoded(_ text: Substring) throws(RedisURLError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst()?.hexDigit, let low = rest.popFirst()?.hexDigit else {
                throw .percentEncoding
            }
            bytes.append(high << 4 | low)
        }
        guard let string = String(validating: bytes, as: UTF8.self) else { throw .percentEncoding }
        return string
    }
}

extension UInt8 {
    fileprivate var hexDigit: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}
