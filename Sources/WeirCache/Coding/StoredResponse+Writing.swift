import NIOCore
import WeirHTTP

/// What ``StoredResponseCoder`` protects:
///
///     the caller's note · key (32) · status (2) · flags (1) · lifetime, stale-while-revalidate, stale-if-error (8 each)
///     age: seconds (8), nanoseconds (4) · Last-Modified (8) · Date (8) · path
///     fields as on the wire, the empty line included
///     count · (name · value?)…            what it is selected by
///     count · tag…
///     the response's own note
///     count · (coding (1) · event stream (1) · head · head of a 304 · body · etag?)…
///
/// Bytes and text stand behind their length, counts and lengths take 4 bytes; what may be missing (`?`) has
/// ``BoundedReader/absent`` for its length then, and a date ``missingDate``.
extension StoredResponse {
    struct WrittenFlags: OptionSet {
        let rawValue: UInt8
        static let mustRevalidate = WrittenFlags(rawValue: 1)
        static let alwaysValidate = WrittenFlags(rawValue: 2)
        static let variesByCoding = WrittenFlags(rawValue: 4)
        static let all: WrittenFlags = [.mustRevalidate, .alwaysValidate, .variesByCoding]
    }

    static let missingDate = Int64.min
    /// Seconds, either way, of all that is written: over thirty thousand years, and sums of a few still fit.
    static let longestWritten: Int64 = 1 << 40
    /// Bytes up to which every form is written. Beyond, only the one that was received is: the others can be made again.
    private static let maxWrittenForms = 1 << 30

    /// Bytes that it takes at least, and a little more.
    var writtenSizeHint: Int { 512 + byteCount + largeBodies.reduce(0) { $0 + $1.readableBytes } }

    /// An AI answer's other kind is made again where it is wanted.
    private var writtenForms: [Representation] {
        guard writtenSizeHint <= Self.maxWrittenForms else { return [received] }
        return representations.filter { $0.form.isEventStream == received.form.isEventStream }
    }

    func write(into buffer: inout ByteBuffer, note: ByteBuffer, now: NIODeadline) {
        buffer.writeSized(note)
        buffer.writeMultipleIntegers(key.word0, key.word1, key.word2, key.word3)
        buffer.writeMultipleIntegers(status, writtenFlags.rawValue)
        buffer.writeSeconds(freshness.lifetime)
        buffer.writeSeconds(freshness.staleWhileRevalidate)
        buffer.writeSeconds(freshness.staleIfError)
        let sinceReceived = max(0, (now - receivedAt).nanoseconds)
        buffer.writeSeconds(age(at: now))
        buffer.writeInteger(UInt32(sinceReceived % 1_000_000_000))
        buffer.writeDate(lastModified)
        buffer.writeDate(date)
        buffer.writeSized(path)
        writeFields(into: &buffer)
        buffer.writeInteger(UInt32(selection.names.count))
        for (name, value) in zip(selection.names, selection.values) {
            buffer.writeSized(name)
            buffer.writeSized(value.map { ByteBuffer(bytes: $0) })
        }
        buffer.writeInteger(UInt32(tags.count))
        for tag in tags { buffer.writeSized(tag) }
        buffer.writeSized(self.note)
        buffer.writeInteger(UInt32(writtenForms.count))
        for representation in writtenForms {
            buffer.writeMultipleIntegers(
                representation.form.coding.rawValue,
                UInt8(representation.form.isEventStream ? 1 : 0)
            )
            buffer.writeSized(representation.head)
            buffer.writeSized(representation.notModifiedHead)
            buffer.writeSized(representation.body)
            buffer.writeSized(representation.etag)
        }
    }

    private var writtenFlags: WrittenFlags {
        var flags: WrittenFlags = []
        if freshness.mustRevalidate { flags.insert(.mustRevalidate) }
        if freshness.alwaysValidate { flags.insert(.alwaysValidate) }
        if variesByCoding { flags.insert(.variesByCoding) }
        return flags
    }

    private func writeFields(into buffer: inout ByteBuffer) {
        let lengthIndex = buffer.writerIndex
        buffer.writeInteger(UInt32(0))
        let start = buffer.writerIndex
        fields.write(into: &buffer)
        buffer.writeStaticString("\r\n")
        buffer.setInteger(UInt32(buffer.writerIndex - start), at: lengthIndex)
    }
}

extension ByteBuffer {
    fileprivate mutating func writeSized(_ bytes: ByteBuffer?) {
        guard let bytes else { return _ = writeInteger(BoundedReader.absent) }
        writeInteger(UInt32(bytes.readableBytes))
        writeImmutableBuffer(bytes)
    }

    fileprivate mutating func writeSized(_ text: String) {
        writeInteger(UInt32(text.utf8.count))
        writeString(text)
    }

    fileprivate mutating func writeSeconds(_ seconds: Int64) {
        writeInteger(min(max(seconds, -StoredResponse.longestWritten), StoredResponse.longestWritten))
    }

    fileprivate mutating func writeDate(_ date: UnixTime?) {
        if let date { writeSeconds(date.seconds) } else { writeInteger(StoredResponse.missingDate) }
    }
}
