import NIOCore

/// The lines of one frame, taken apart.
struct EventFrame {
    /// nil when the frame says nothing: comments, `retry`, unknown fields.
    private(set) var event: ServerSentEvent?
    /// Where the data lies in the frame; nil when there is none, or it is made of several lines.
    private(set) var dataRange: Range<Int>?

    private var name: String?
    private var id: String?
    private var dataLines: [Range<Int>] = []

    /// - Parameter skipped: bytes at the beginning that are no part of it: a byte order mark, an LF.
    init(_ frame: ByteBuffer, skipping skipped: Int = 0) {
        let frame = frame.slice()
        let bytes = frame.readableBytesUInt8Span
        var start = skipped
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
            if end > start { read(line: start..<end, bytes, frame) }
            start = end + 1
        }
        guard name != nil || !dataLines.isEmpty else { return }
        var data = ByteBuffer()
        if dataLines.count == 1 {
            dataRange = dataLines[0]
            data = frame.getSlice(at: dataLines[0].lowerBound, length: dataLines[0].count) ?? data
        } else {
            for (index, line) in dataLines.enumerated() {
                if index > 0 { data.writeInteger(0x0A as UInt8) }
                data.write(bytes, line)
            }
        }
        event = ServerSentEvent(name: name, data: data, id: id)
    }

    private mutating func read(line: Range<Int>, _ bytes: Span<UInt8>, _ frame: ByteBuffer) {
        var colon = line.lowerBound
        while colon < line.upperBound, bytes[colon] != UInt8(ascii: ":") { colon += 1 }
        var start = min(colon + 1, line.upperBound)
        if start < line.upperBound, bytes[start] == 0x20 { start += 1 }
        let value = start..<line.upperBound
        func isField(_ expected: String) -> Bool {
            guard colon - line.lowerBound == expected.utf8.count else { return false }
            var index = line.lowerBound
            for byte in expected.utf8 {
                if bytes[index] != byte { return false }
                index += 1
            }
            return true
        }
        if isField("data") {
            dataLines.append(value)
        } else if isField("event") {
            name = frame.getString(at: value.lowerBound, length: value.count)
        } else if isField("id") {
            id = frame.getString(at: value.lowerBound, length: value.count)
        }
    }
}
