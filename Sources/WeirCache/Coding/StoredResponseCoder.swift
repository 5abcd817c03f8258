package import NIOCore

/// Stored responses as bytes that can leave this process and come back to it, or to another Weir: versioned, checked
/// against damage, and sealed where there is a key.
///
///     0     2         3      4
///     'W' 'R' version  kind   …
///                      0      SHA-256, 128 bits of it   content …     what the digest is over: all but itself, and the binding
///                      1      ``Seal``                  content …     sealed with what stands before it and the binding
///
/// The content is ``StoredResponse/write(into:note:now:)``'s. Integers are big-endian.
///
/// The checksum is SHA-256, not a CRC: libcrypto has it here already and computes it faster than a CRC of zlib's where the
/// machine helps, and of damaged values a CRC of 32 bits lets one in four thousand million pass, as somebody's answer.
/// Against who can write to where the bytes lie only the seal protects.
package struct StoredResponseCoder: Sendable {
    private enum Kind: UInt8 { case checked, sealed }

    private static let magic: UInt16 = 0x5752
    private static let version: UInt8 = 2
    private static let headerSize = 4
    private static let checksumSize = 16

    private let seal: Seal?

    /// - Parameter seal: with a key everything is sealed, and only what is sealed is read.
    package init(seal: SealKey? = nil) { self.seal = seal.map { Seal($0) } }

    /// - Parameters:
    ///   - note: a few bytes of the caller's, kept with the response and protected as it is.
    ///   - boundTo: what these bytes belong to, such as the name they are stored under: they are damaged anywhere else.
    ///   - now: the response's age goes in as it is at this moment.
    package func encode(
        _ response: StoredResponse,
        note: ByteBuffer,
        boundTo binding: ByteBuffer,
        now: NIODeadline
    ) -> ByteBuffer {
        let size = note.readableBytes + response.writtenSizeHint
        return enclose(size: size, boundTo: binding) { response.write(into: &$0, note: note, now: now) }
    }

    /// Other content than a response, versioned, checked and sealed in the same way.
    package func enclose(_ content: ByteBuffer, boundTo binding: ByteBuffer) -> ByteBuffer {
        enclose(size: content.readableBytes, boundTo: binding) { $0.writeImmutableBuffer(content) }
    }

    /// What ``enclose(_:boundTo:)`` has enclosed.
    func disclose(_ bytes: ByteBuffer, boundTo binding: ByteBuffer) throws(CodingFault) -> ByteBuffer {
        try content(of: bytes, binding)
    }

    /// - Parameter size: of the content, to make room for.
    private func enclose(
        size: Int,
        boundTo binding: ByteBuffer,
        _ write: (inout ByteBuffer) -> Void
    ) -> ByteBuffer {
        let header = Self.header(seal == nil ? .checked : .sealed)
        let protectionSize = seal == nil ? Self.checksumSize : Seal.size
        var buffer = ByteBuffer()
        buffer.reserveCapacity(Self.headerSize + protectionSize + size)
        buffer.writeImmutableBuffer(header)
        buffer.writeRepeatingByte(0, count: protectionSize)
        write(&buffer)
        if let seal {
            seal.close(&buffer, at: Self.headerSize, data: Self.data(header, binding))
        } else {
            let checksum = Self.checksum(of: buffer, from: Self.headerSize + protectionSize, header, binding)
            buffer.setInteger(checksum.0, at: Self.headerSize)
            buffer.setInteger(checksum.1, at: Self.headerSize + 8)
        }
        return buffer
    }

    /// - Parameters:
    ///   - bytes: one encoded response, whole and with nothing behind it.
    ///   - elapsed: how long ago it was encoded, by which the response has grown older.
    ///   - now: the moment at which it has that age.
    /// - Returns: a response that holds its own bytes, none of `bytes`.
    package func decode(
        _ bytes: ByteBuffer,
        boundTo binding: ByteBuffer,
        elapsed: TimeAmount,
        now: NIODeadline
    ) -> Result<(StoredResponse, note: ByteBuffer), CodingFault> {
        Result { () throws(CodingFault) in
            var reader = BoundedReader(try content(of: bytes, binding))
            return try StoredResponse.read(from: &reader, elapsed: elapsed, now: now)
        }
    }

    /// What the header and its protection stand before, once it is shown to be what was written.
    private func content(of bytes: ByteBuffer, _ binding: ByteBuffer) throws(CodingFault) -> ByteBuffer {
        var rest = bytes
        guard let (magic, version, kind) = rest.readMultipleIntegers(as: (UInt16, UInt8, UInt8).self),
            magic == Self.magic
        else { throw .damaged }
        guard version == Self.version else { throw .otherVersion }
        guard let kind = Kind(rawValue: kind) else { throw .damaged }
        let header = Self.header(kind)
        switch (kind, seal) {
        case (.checked, nil): break
        case (.checked, .some): throw .notSealed
        case (.sealed, nil): throw .sealed
        case (.sealed, let seal?): return try seal.open(rest, data: Self.data(header, binding))
        }
        guard let (first, second) = rest.readMultipleIntegers(as: (UInt64, UInt64).self) else { throw .damaged }
        guard Self.checksum(of: rest, from: 0, header, binding) == (first, second) else { throw .damaged }
        return rest
    }

    private static func header(_ kind: Kind) -> ByteBuffer {
        var header = ByteBuffer()
        header.writeMultipleIntegers(magic, version, kind.rawValue)
        return header
    }

    /// The header has a fixed size, so no two pairs give the same bytes.
    private static func data(_ header: ByteBuffer, _ binding: ByteBuffer) -> ByteBuffer {
        var data = header
        data.writeImmutableBuffer(binding)
        return data
    }

    /// - Parameter offset: where in `buffer` the content begins.
    private static func checksum(
        of buffer: ByteBuffer,
        from offset: Int,
        _ header: ByteBuffer,
        _ binding: ByteBuffer
    ) -> (UInt64, UInt64) {
        var prefix = header
        prefix.writeInteger(UInt64(binding.readableBytes))
        prefix.writeImmutableBuffer(binding)
        var digest = SHA256()
        // The bytes are read within these closures only; the offset lies within them.
        unsafe prefix.withUnsafeReadableBytes { unsafe digest.update($0) }
        unsafe buffer.withUnsafeReadableBytes { bytes in
            unsafe digest.update(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
        }
        let whole = digest.finish()
        return (whole.word0, whole.word1)
    }
}
