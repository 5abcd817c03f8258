import COpenSSL
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
@safe package final class CacheKeyBuilder {
    /// Bytes gathered before libcrypto is called: most keys fit, and a call costs more than copying a short part.
    private static let pendingCapacity = 1024

    private let context: OpaquePointer
    private var pending: [UInt8] = []

    package init() {
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("Cannot allocate a digest context") }
        unsafe self.context = unsafe context
        // The context is ours alone; both pointers live as long as this object.
        guard unsafe EVP_DigestInit_ex2(context, SHA256.algorithm, nil) == 1 else {
            preconditionFailure("Cannot start SHA-256")
        }
        pending.reserveCapacity(Self.pendingCapacity)
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Starts a key; whatever was added before is forgotten.
    package func begin() {
        pending.removeAll(keepingCapacity: true)
        // No algorithm named: the context keeps the one it has, and its memory.
        guard unsafe EVP_DigestInit_ex2(context, nil, nil) == 1 else { preconditionFailure("Cannot restart SHA-256") }
    }

    package func add(_ part: some Collection<UInt8>) {
        // The bytes are read within this closure only.
        let done: Void? = part.withContiguousStorageIfAvailable { unsafe add($0) }
        if done != nil { return }
        addPrefix(length: part.count)
        for byte in part {
            if pending.count == Self.pendingCapacity { flush() }
            pending.append(byte)
        }
    }

    package func add(_ view: ByteBufferView) {
        // The bytes are read within these closures only, and UInt8 has no alignment.
        unsafe view.withUnsafeBytes { bytes in
            unsafe bytes.withMemoryRebound(to: UInt8.self) { unsafe add($0) }
        }
    }

    package func add(_ string: String) {
        var string = string
        // The bytes are read within this closure only.
        string.withUTF8 { unsafe add($0) }
    }

    /// A part that is not there: distinct from every present one, the empty one too.
    package func addMissing() {
        if pending.count == Self.pendingCapacity { flush() }
        pending.append(0)
    }

    /// The key of everything added since ``begin()``.
    package func finish() -> CacheKey {
        flush()
        var digest: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let result = unsafe withUnsafeMutableBytes(of: &digest) { bytes in
            // SHA-256 writes 32 bytes: the size of the tuple.
            unsafe EVP_DigestFinal_ex(context, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, nil)
        }
        precondition(result == 1, "Cannot finish SHA-256")
        return CacheKey(
            UInt64(bigEndian: digest.0),
            UInt64(bigEndian: digest.1),
            UInt64(bigEndian: digest.2),
            UInt64(bigEndian: digest.3)
        )
    }

    private func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        addPrefix(length: bytes.count)
        if pending.count + bytes.count <= Self.pendingCapacity {
            unsafe pending.append(contentsOf: bytes)
        } else {
            flush()
            // libcrypto reads the bytes during the call only.
            unsafe update(bytes.baseAddress, bytes.count)
        }
    }

    private func addPrefix(length: Int) {
        if pending.count + 9 > Self.pendingCapacity { flush() }
        pending.append(1)
        var rest = UInt64(length)
        for _ in 0..<8 {
            pending.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    private func flush() {
        guard !pending.isEmpty else { return }
        // libcrypto reads the bytes during the call only.
        unsafe pending.withUnsafeBufferPointer { unsafe update($0.baseAddress, $0.count) }
        pending.removeAll(keepingCapacity: true)
    }

    private func update(_ bytes: UnsafePointer<UInt8>?, _ count: Int) {
        precondition(unsafe EVP_DigestUpdate(context, bytes, count) == 1, "Cannot go on with SHA-256")
    }
}

@available(*, unavailable)
extension CacheKeyBuilder: Sendable {}
