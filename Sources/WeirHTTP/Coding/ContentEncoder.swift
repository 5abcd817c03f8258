package import NIOCore

/// Applies one content coding (RFC 9110 §8.4.1) to one body, piece by piece.
///
///     encode* (flush encode*)* finish
///
/// What the three return, one after the other, is the coded body. None may be called after `finish`.
package protocol ContentEncoder: AnyObject {
    var coding: ContentCoding { get }

    /// - Returns: what is ready, often nothing: the coder looks for repetition across calls.
    func encode(_ chunk: ByteBuffer) -> ByteBuffer

    /// - Returns: everything that a reader needs to decode all that was given so far.
    func flush() -> ByteBuffer

    /// - Returns: the rest, the end of the coding included.
    func finish() -> ByteBuffer

    /// One whole body at once.
    static func compress(_ whole: ByteBuffer, level: Int) -> ByteBuffer
}
