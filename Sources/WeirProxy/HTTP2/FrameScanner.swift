import NIOCore

/// Finds the frames in the bytes of one direction of an HTTP/2 connection, without a look into them (RFC 9113 §4.1).
///
///     +-----------------+--------+---------+--------------+
///     |   Length (24)   |  Type  |  Flags  |  Stream (32) |  Payload
///     +-----------------+--------+---------+--------------+
///
/// Whether frames are as they should be is NIOHTTP2's to say: what is not ends the connection there.
struct FrameScanner {
    enum Kind: UInt8 { case data = 0, headers = 1, settings = 4, goAway = 7, continuation = 9 }

    /// What so many of the bytes belong to.
    enum Piece: Equatable {
        /// A part of a DATA frame's payload, padding included; `isFirst`: that frame's head came before it.
        case data(stream: UInt32, count: Int, isFirst: Bool)
        /// The last bytes of a SETTINGS frame.
        case settings(isAcknowledgement: Bool)
        case other
    }

    private static let headLength = 9
    private static let acknowledgement: UInt8 = 0x1
    private static let endHeaders: UInt8 = 0x4

    /// Of the client's preface, which stands before its first frame.
    private let prefaceLength: Int
    private var prefaceLeft: Int
    /// The bytes of a frame's head that have come, as one number, and how many there are.
    private var head: UInt128 = 0
    private var headCount = 0
    private var payloadLeft = 0
    /// Between HEADERS and the end of its last CONTINUATION.
    private var isAmidBlock = false

    /// How often something has begun that has to be whole before it means anything: the preface, a frame that is not
    /// DATA, or a header block with all its frames.
    private(set) var begun = 0

    /// - Parameter prefaceLength: bytes before the first frame.
    init(prefaceLength: Int = 0) {
        self.prefaceLength = prefaceLength
        prefaceLeft = prefaceLength
    }

    /// Whether what has begun last is not whole yet. DATA means something in parts.
    var isAmid: Bool {
        if prefaceLeft > 0 { return prefaceLeft < prefaceLength }
        return isAmidBlock || headCount > 0 && (headCount < Self.headLength || kind != .data)
    }

    /// Whether the next byte begins a frame.
    var isBetweenFrames: Bool { prefaceLeft == 0 && headCount == 0 }

    /// The next piece of these bytes, which are read up to its end; nil once there are none.
    mutating func next(_ bytes: inout ByteBuffer) -> Piece? {
        guard bytes.readableBytes > 0 else { return nil }
        if prefaceLeft > 0 {
            if prefaceLeft == prefaceLength { begun += 1 }
            let count = min(prefaceLeft, bytes.readableBytes)
            prefaceLeft -= count
            bytes.moveReaderIndex(forwardBy: count)
            return .other
        }
        var isFirst = false
        if headCount < Self.headLength {
            if headCount == 0, !isAmidBlock { begun += 1 }
            guard readHead(&bytes) else { return .other }
            isFirst = true
        }
        return readPayload(&bytes, isFirst: isFirst)
    }

    private var length: Int { Int(truncatingIfNeeded: head >> 48) }
    private var kind: Kind? { Kind(rawValue: UInt8(truncatingIfNeeded: head >> 40)) }
    private var flags: UInt8 { UInt8(truncatingIfNeeded: head >> 32) }
    private var stream: UInt32 { UInt32(truncatingIfNeeded: head) & 0x7FFF_FFFF }

    /// - Returns: whether it is whole.
    private mutating func readHead(_ bytes: inout ByteBuffer) -> Bool {
        while headCount < Self.headLength {
            guard let byte = bytes.readInteger(as: UInt8.self) else { return false }
            head = head << 8 | UInt128(byte)
            headCount += 1
        }
        payloadLeft = length
        return true
    }

    private mutating func readPayload(_ bytes: inout ByteBuffer, isFirst: Bool) -> Piece {
        let count = min(payloadLeft, bytes.readableBytes)
        bytes.moveReaderIndex(forwardBy: count)
        payloadLeft -= count
        let piece = Piece.data(stream: stream, count: count, isFirst: isFirst)
        guard payloadLeft == 0 else { return kind == .data ? piece : .other }
        defer {
            head = 0
            headCount = 0
        }
        switch kind {
        case .data: return piece
        case .settings: return .settings(isAcknowledgement: flags & Self.acknowledgement != 0)
        case .headers, .continuation:
            isAmidBlock = flags & Self.endHeaders == 0
            return .other
        case .goAway, nil: return .other
        }
    }
}
