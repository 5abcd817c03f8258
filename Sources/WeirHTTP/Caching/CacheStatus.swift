package import NIOCore

/// What Weir's cache did with a request: its member of `Cache-Status` (RFC 9211).
package struct CacheStatus: Sendable, Equatable {
    /// Why a request went forward (RFC 9211 §2.2).
    package enum Forward: String, Sendable, CaseIterable {
        /// Nothing is stored under its key.
        case uriMiss = "uri-miss"
        /// What is stored was selected by other fields.
        case varyMiss = "vary-miss"
        /// Nothing fits, whichever of the two it is.
        case miss
        /// The client's `Cache-Control` would not have the stored response.
        case request
        /// The stored response was stale.
        case stale
        /// Only a part is stored.
        case partial
        /// The cache is not in use for this request.
        case bypass
        /// The method is not one that the cache answers.
        case method
    }

    /// Answered without going forward; then ``forward`` is not written.
    package var isHit: Bool
    package var forward: Forward?
    /// The status that the next hop answered with, where it is not the one that the client gets.
    package var forwardStatus: UInt16?
    /// Seconds of freshness left, negative once stale (RFC 9211 §2.4).
    package var timeToLive: Int64?
    package var isStored: Bool
    package var isCollapsed: Bool
    /// A name of Weir's own for what happened, such as ``NoStoreReason``'s.
    package var detail: String?

    package init(
        isHit: Bool = false,
        forward: Forward? = nil,
        forwardStatus: UInt16? = nil,
        timeToLive: Int64? = nil,
        isStored: Bool = false,
        isCollapsed: Bool = false,
        detail: String? = nil
    ) {
        self.isHit = isHit
        self.forward = forward
        self.forwardStatus = forwardStatus
        self.timeToLive = timeToLive
        self.isStored = isStored
        self.isCollapsed = isCollapsed
        self.detail = detail
    }

    /// Writes the member alone: `weir; fwd=stale; fwd-status=304; ttl=60`.
    package func write(into buffer: inout ByteBuffer) {
        if isHit {
            buffer.writeStaticString("weir; hit")
        } else if let forward {
            buffer.writeStaticString("weir; fwd=")
            buffer.writeString(forward.rawValue)
        } else {
            buffer.writeStaticString("weir")
        }
        if let forwardStatus {
            buffer.writeStaticString("; fwd-status=")
            buffer.writeString(String(forwardStatus))
        }
        if let timeToLive {
            buffer.writeStaticString("; ttl=")
            buffer.writeString(String(min(max(timeToLive, -Self.integerLimit), Self.integerLimit)))
        }
        if isStored { buffer.writeStaticString("; stored") }
        if isCollapsed { buffer.writeStaticString("; collapsed") }
        if let detail {
            buffer.writeStaticString("; detail=")
            Self.writeDetail(detail, into: &buffer)
        }
    }

    /// The largest Integer of a structured field (RFC 9651 §3.3.1).
    private static let integerLimit: Int64 = 999_999_999_999_999

    /// As a Token where it is one, else as a String, with `?` for what a String cannot hold (RFC 9651 §3.3).
    private static func writeDetail(_ detail: String, into buffer: inout ByteBuffer) {
        let bytes = detail.utf8
        let isToken =
            bytes.first.map { $0 == 0x2A || ASCII.lowercased($0) &- 0x61 < 26 } ?? false
            && bytes.allSatisfy { ASCII.isTokenCharacter($0) || $0 == ASCII.colon || $0 == 0x2F }
        guard !isToken else {
            buffer.writeString(detail)
            return
        }
        buffer.writeInteger(ASCII.quote)
        for scalar in detail.unicodeScalars {
            let byte = (0x20..<0x7F).contains(scalar.value) ? UInt8(scalar.value) : 0x3F
            if byte == ASCII.quote || byte == ASCII.backslash { buffer.writeInteger(ASCII.backslash) }
            buffer.writeInteger(byte)
        }
        buffer.writeInteger(ASCII.quote)
    }
}
