import NIOCore
import WeirHTTP

extension StoredResponse {
    private static var seconds: ClosedRange<Int64> { -longestWritten...longestWritten }

    /// Reads what ``write(into:note:now:)`` has written, to the end.
    /// - Parameters:
    ///   - elapsed: since it was written; the age goes on by it.
    ///   - now: the moment at which it has that age.
    static func read(
        from reader: inout BoundedReader,
        elapsed: TimeAmount,
        now: NIODeadline
    ) throws(CodingFault) -> (StoredResponse, note: ByteBuffer) {
        let note = try reader.bytes()
        let key = CacheKey(try reader.integer(), try reader.integer(), try reader.integer(), try reader.integer())
        let status = try reader.integer(in: UInt16(100)...999)
        let flags = WrittenFlags(rawValue: try reader.integer())
        guard flags.isSubset(of: .all) else { throw .damaged }
        let freshness = Freshness(
            lifetime: try reader.integer(in: seconds),
            staleWhileRevalidate: try reader.integer(in: seconds),
            staleIfError: try reader.integer(in: seconds),
            mustRevalidate: flags.contains(.mustRevalidate),
            alwaysValidate: flags.contains(.alwaysValidate)
        )
        let age = try readAge(from: &reader, elapsed: elapsed)
        let lastModified = try readDate(from: &reader)
        let date = try readDate(from: &reader)
        let path = try reader.string()
        guard let fields = FieldSection(whole: try reader.slice()) else { throw .damaged }
        let response = StoredResponse(
            key: key,
            status: status,
            fields: fields,
            freshness: freshness,
            initialAge: age.seconds,
            receivedAt: now - .nanoseconds(age.nanoseconds),
            lastModified: lastModified,
            date: date,
            selection: try readSelection(from: &reader),
            tags: try readTags(from: &reader),
            path: path,
            note: try readNote(from: &reader),
            representations: try readRepresentations(from: &reader),
            variesByCoding: flags.contains(.variesByCoding)
        )
        guard reader.isAtEnd else { throw .damaged }
        return (response, note)
    }

    /// Whole seconds count as age that it came with: what it grew up in may be longer than this machine has been up, by
    /// which ``receivedAt`` is told.
    private static func readAge(
        from reader: inout BoundedReader,
        elapsed: TimeAmount
    ) throws(CodingFault) -> (seconds: Int64, nanoseconds: Int64) {
        let seconds = try reader.integer(in: Self.seconds)
        let nanoseconds = Int64(try reader.integer(in: UInt32(0)...999_999_999))
        let (more, rest) = max(0, elapsed.nanoseconds).quotientAndRemainder(dividingBy: 1_000_000_000)
        let part = nanoseconds + rest
        return (min(seconds + more + part / 1_000_000_000, longestWritten), part % 1_000_000_000)
    }

    private static func readDate(from reader: inout BoundedReader) throws(CodingFault) -> UnixTime? {
        let date: Int64 = try reader.integer()
        if date == missingDate { return nil }
        guard seconds.contains(date) else { throw .damaged }
        return UnixTime(seconds: date)
    }

    private static func readSelection(from reader: inout BoundedReader) throws(CodingFault) -> VarySelection {
        var names: [String] = []
        var values: [[UInt8]?] = []
        for _ in 0..<(try reader.count(ofAtLeast: 8)) {
            names.append(try reader.string())
            values.append(try reader.optionalArray())
        }
        return VarySelection(names: names, values: values)
    }

    private static func readTags(from reader: inout BoundedReader) throws(CodingFault) -> [String] {
        var tags: [String] = []
        for _ in 0..<(try reader.count(ofAtLeast: 4)) { tags.append(try reader.string()) }
        return tags
    }

    private static func readNote(from reader: inout BoundedReader) throws(CodingFault) -> ByteBuffer {
        let note = try reader.bytes()
        guard note.readableBytes <= UInt16.max else { throw .damaged }
        return note
    }

    private static func readRepresentations(from reader: inout BoundedReader) throws(CodingFault) -> [Representation] {
        var representations: [Representation] = []
        for _ in 0..<(try reader.count(ofAtLeast: 18)) {
            guard let coding = ContentCoding(rawValue: try reader.integer()) else { throw .damaged }
            let isEventStream = try reader.integer(in: UInt8(0)...1) == 1
            representations.append(
                Representation(
                    form: .init(coding: coding, isEventStream: isEventStream),
                    head: try reader.bytes(),
                    notModifiedHead: try reader.bytes(),
                    body: try reader.bytes(),
                    etag: try reader.optionalBytes()
                )
            )
        }
        guard !representations.isEmpty else { throw .damaged }
        return representations
    }
}
