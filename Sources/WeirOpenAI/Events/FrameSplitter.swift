import NIOCore

/// Cuts an event stream into frames: an event's lines and the blank line that ends it, byte for byte.
///
/// Lines end in LF, CRLF or CR (WHATWG HTML §9.2.5). A frame whose blank line ends in CR is complete there and is given
/// out at once; should the next byte be the LF of a CRLF, ``append(_:)`` says so. So that LF does not count to the limit.
/// Each byte is looked at once, in whatever pieces it comes.
struct FrameSplitter: Sendable {
    /// What has not been given out.
    private(set) var pending = ByteBuffer()
    /// Bytes of `pending` that have been looked at.
    private var scanned = 0
    private var lineIsEmpty = true
    /// The byte before was a CR, so that an LF here belongs to it.
    private var afterReturn = false
    /// A frame that ended in CR has been given out.
    private var awaitsLineFeed = false
    private let limitBytes: Int

    init(limitBytes: Int) { self.limitBytes = limitBytes }

    /// A frame is over the limit. No more frames come; what is left is in ``pending``.
    private(set) var isOverflowing = false

    /// - Returns: whether the chunk began with an LF that belongs to the frame given out last; it is not kept.
    mutating func append(_ chunk: ByteBuffer) -> Bool {
        var chunk = chunk.slice()
        var completesLast = false
        if awaitsLineFeed, chunk.readableBytes > 0 {
            completesLast = chunk.getInteger(at: 0, as: UInt8.self) == 0x0A
            if completesLast { chunk.moveReaderIndex(forwardBy: 1) }
            awaitsLineFeed = false
        }
        if pending.readableBytes == 0 {
            pending = chunk.slice()
        } else {
            pending.discardReadBytes()
            pending.writeBuffer(&chunk)
        }
        return completesLast
    }

    /// The next complete frame; nil when there is none yet.
    mutating func next() -> ByteBuffer? {
        guard !isOverflowing else { return nil }
        guard let length = frameLength() else {
            isOverflowing = scanned > limitBytes
            return nil
        }
        guard length.withoutLineFeed <= limitBytes else {
            isOverflowing = true
            return nil
        }
        scanned = 0
        lineIsEmpty = true
        afterReturn = false
        return pending.readSlice(length: length.whole)
    }

    /// - Returns: with and without the LF of a CRLF at its end.
    private mutating func frameLength() -> (whole: Int, withoutLineFeed: Int)? {
        let held = pending
        let bytes = held.readableBytesUInt8Span
        while scanned < bytes.count {
            let byte = bytes[scanned]
            scanned += 1
            switch byte {
            case 0x0A where afterReturn:
                afterReturn = false
            case 0x0A:
                if lineIsEmpty { return (scanned, scanned) }
                lineIsEmpty = true
            case 0x0D:
                afterReturn = true
                if lineIsEmpty {
                    let end = scanned
                    if scanned == bytes.count {
                        awaitsLineFeed = true
                    } else if bytes[scanned] == 0x0A {
                        scanned += 1
                    }
                    return (scanned, end)
                }
                lineIsEmpty = true
            default:
                afterReturn = false
                lineIsEmpty = false
            }
        }
        return nil
    }
}
