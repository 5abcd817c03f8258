import NIOCore
import WeirOpenAI

/// Everything that Weir makes of an event stream on its way past.
struct EventReading: Equatable, CustomStringConvertible {
    var events: [ServerSentEvent] = []
    var endsWithinFrame: Bool
    var verdict: AnswerVerdict
    var usage: Usage?
    var model: String?
    /// What a client gets that did not ask for the usage.
    var stripped: [UInt8] = []

    init(_ pieces: [ArraySlice<UInt8>], endpoint: APIEndpoint) {
        var parser = SSEParser(maxFrameBytes: 512)
        var recorder = StreamRecorder(endpoint: endpoint)
        var stripper = UsageStripper(maxFrameBytes: 512)
        for piece in pieces {
            let chunk = ByteBuffer(bytes: piece)
            parser.push(chunk)
            while let event = parser.next() { events.append(event) }
            recorder.feed(chunk)
            stripped += stripper.filter(chunk).readableBytesView
        }
        stripped += stripper.finish().readableBytesView
        endsWithinFrame = !parser.isOverflowing && parser.endsWithinFrame
        verdict = recorder.reading(allowedFinishReasons: ["stop"]).verdict
        usage = recorder.usage
        model = recorder.model
    }

    var description: String {
        let lines = events.map { "\($0.name ?? "-") \($0.id ?? "-") \($0.data.text.debugDescription)" }
        return (lines + ["\(verdict), within a frame: \(endsWithinFrame)", String(decoding: stripped, as: UTF8.self)])
            .joined(separator: "\n")
    }
}
