import CZlib
package import NIOCore

/// Takes gzip off a body that comes piece by piece: any number of members one after the other (RFC 1952 §2.2), each
/// checked against its checksum and length. Nothing at all is an empty body.
///
/// A small body can decode to a huge one: both limits are kept while decoding, before the memory is taken.
///
/// Not to be shared between threads.
@safe package final class GzipDecoder {
    /// On the heap, because zlib's state points back at it. It is valid until `deinit`.
    private let stream: UnsafeMutablePointer<z_stream>
    private let maximumOutput: Int
    private let maximumRatio: Int
    private var isWithinMember = false
    private var inputBytes = 0
    private var outputBytes = 0
    private var failure: GzipError?

    /// - Parameters:
    ///   - maximumOutput: bytes that the whole body may decode to; nil for no limit but the ratio.
    ///   - maximumRatio: how many times its own size, once it is over 64 KiB. Deflate's own limit is 1,032.
    package init(maximumOutput: Int?, maximumRatio: Int = 1000) {
        precondition(maximumRatio > 0 && maximumOutput ?? 0 >= 0, "Cannot decode within a negative limit")
        self.maximumOutput = maximumOutput ?? .max
        self.maximumRatio = maximumRatio
        // Initialised at once; zlib reads only the allocator's fields, which are nil for the default.
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe weir_inflateInit2(stream, 15 + DeflateSize.gzipWrapper)
        precondition(status == Z_OK, "Cannot make an inflate state: zlib says \(status)")
    }

    deinit {
        // Made in `init` and ended nowhere else.
        unsafe inflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    /// - Returns: everything that can be decoded by now.
    /// - Throws: the same error again once it has failed.
    package func decode(_ chunk: ByteBuffer) throws(GzipError) -> ByteBuffer {
        var output = ByteBuffer()
        if failure == nil { failure = inflate(chunk, into: &output) }
        if let failure { throw failure }
        return output
    }

    /// To be called at the body's end.
    package func finish() throws(GzipError) {
        if failure == nil, isWithinMember { failure = .truncated }
        if let failure { throw failure }
    }

    /// One whole body at once.
    package static func decompress(_ whole: ByteBuffer, maximumOutput: Int?) throws(GzipError) -> ByteBuffer {
        let decoder = GzipDecoder(maximumOutput: maximumOutput)
        let output = try decoder.decode(whole)
        try decoder.finish()
        return output
    }

    // MARK: Inflating

    /// Takes all of `input`.
    private func inflate(_ input: ByteBuffer, into output: inout ByteBuffer) -> GzipError? {
        inputBytes += input.readableBytes
        // `bytes` outlives the calls to zlib, which does not write through `next_in` and does not use it later: it
        // is overwritten before the next call.
        return unsafe input.withUnsafeReadableBytes { bytes in
            unsafe stream.pointee.next_in = UnsafeMutablePointer(
                mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            )
            unsafe stream.pointee.avail_in = UInt32(bytes.count)
            var isOutputFull = false
            while unsafe stream.pointee.avail_in > 0 || isOutputFull {
                if !isWithinMember {
                    // Ready for the next member: the state is good, or `failure` would have kept us out.
                    unsafe inflateReset(stream)
                    isWithinMember = true
                }
                let step = self.step(for: bytes.count)
                let (status, produced) = inflateStep(step, into: &output)
                outputBytes += produced
                if let error = excess() { return error }
                isOutputFull = produced == step
                switch status {
                case Z_OK: break
                case Z_STREAM_END:
                    isWithinMember = false
                    isOutputFull = false
                case Z_BUF_ERROR: isOutputFull = false
                case Z_MEM_ERROR: preconditionFailure("Cannot inflate: out of memory")
                case _: return .corrupt
                }
            }
            return nil
        }
    }

    /// One call to zlib, with room for `step` bytes: its status and how many bytes it gave.
    private func inflateStep(_ step: Int, into output: inout ByteBuffer) -> (status: Int32, produced: Int) {
        let stream = unsafe stream
        var status = Z_OK
        // zlib writes at most `avail_out` bytes, which `target` has, and does not use `next_out` later.
        let produced = unsafe output.writeWithUnsafeMutableBytes(minimumWritableBytes: step) { target in
            unsafe stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
            unsafe stream.pointee.avail_out = UInt32(step)
            status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
            return unsafe step - Int(stream.pointee.avail_out)
        }
        return (status, produced)
    }

    /// One byte more than is allowed is enough to tell, so that no more memory is taken than that.
    private func step(for inputLength: Int) -> Int {
        let usual = min(max(inputLength &* 4, 4096), 65_536)
        let room = maximumOutput - outputBytes
        return room < usual ? room + 1 : usual
    }

    private func excess() -> GzipError? {
        if outputBytes > maximumOutput { return .tooLarge(limit: maximumOutput) }
        let (allowed, overflow) = inputBytes.multipliedReportingOverflow(by: maximumRatio)
        return !overflow && outputBytes > max(allowed, 65_536) ? .excessiveRatio(limit: maximumRatio) : nil
    }
}
