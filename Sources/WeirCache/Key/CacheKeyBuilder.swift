package import NIOCore

/// Hashes the parts of a cache key one after the other, each with its length before it, so that no two lists of
/// parts give the same bytes however their separators look.
///
///     present   01  length (8 bytes, little-endian)  bytes
///     missing   00
///
/// One belongs to each event loop and is used again for every key: after the first key it allocates nothing.
///
///     begin → add* → finish
package final class CacheKeyBuilder {
    /// Bytes gathered before libcrypto is called: most keys fit, and a call costs more than copying a short part.
    private static let pendingCapacity = 1024

    private var digest = SHA256()
    private var pending = ByteBuffer()

    package init() { pending.reserveCapacity(Self.pendingCapacity) }

    /// Starts a key; whatever was added before is forgotten.
    package func begin() {
        pending.clear()
        digest = SHA256()
    }

    /// What several keys have in common: everything added since ``begin()``.
    package struct Beginning: Sendable {
        fileprivate let digest: SHA256
        fileprivate let pending: ByteBuffer
    }

    package var beginning: Beginning { Beginning(digest: digest, pending: pending) }

    /// Starts a key that begins so.
    package func begin(with beginning: Beginning) {
        digest = beginning.digest
        pending.clear()
        pending.writeImmutableBuffer(beginning.pending)
    }

    package func add(_ part: some Collection<UInt8>) {
        // The bytes are read within this closure only.
        let done: Void? = part.withContiguousStorageIfAvailable { unsafe add(UnsafeRawBufferPointer($0)) }
        if done != nil { return }
        reserve(Self.prefixSize)
        writePrefix(length: part.count)
        for byte in part {
            reserve(1)
            pending.writeInteger(byte)
        }
    }

    package func add(_ view: ByteBufferView) {
        // The bytes are read within this closure only.
        unsafe view.withUnsafeBytes { unsafe add($0) }
    }

    package func add(_ string: String) {
        var string = string
        // The bytes are read within this closure only.
        string.withUTF8 { unsafe add(UnsafeRawBufferPointer($0)) }
    }

    /// A part that is not there: distinct from every present one, the empty one too.
    package func addMissing() {
        reserve(1)
        pending.writeInteger(UInt8(0))
    }

    /// The key of everything added since ``begin()``.
    package func finish() -> CacheKey {
        flush()
        return digest.finish()
    }

    /// Marker and length.
    private static var prefixSize: Int { 1 + MemoryLayout<UInt64>.size }

    private func add(_ bytes: UnsafeRawBufferPointer) {
        let isShort = bytes.count <= Self.pendingCapacity - Self.prefixSize
        reserve(isShort ? Self.prefixSize + bytes.count : Self.prefixSize)
        writePrefix(length: bytes.count)
        if isShort {
            unsafe pending.writeBytes(bytes)
        } else {
            flush()
            unsafe digest.update(bytes)
        }
    }

    private func writePrefix(length: Int) {
        pending.writeMultipleIntegers(UInt8(1), UInt64(length), endianness: .little)
    }

    /// Makes sure that so many more bytes can be gathered.
    private func reserve(_ count: Int) {
        if pending.readableBytes + count > Self.pendingCapacity { flush() }
    }

    private func flush() {
        // The bytes are read within this closure only.
        unsafe pending.withUnsafeReadableBytes { unsafe digest.update($0) }
        pending.clear()
    }
}

@available(*, unavailable)
extension CacheKeyBuilder: Sendable {}
