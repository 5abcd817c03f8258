import NIOCore
import Testing

@testable import WeirOpenAI

@Suite("Stream track")
struct StreamTrackTests {
    private static let begin = NIODeadline.uptimeNanoseconds(1_000_000_000)

    /// The track of a stream whose pieces came so many milliseconds after each other.
    private func track(
        _ pieces: [(String, Int)],
        endpoint: APIEndpoint = .chatCompletions,
        isTimed: Bool = true
    ) -> StreamTrack? {
        var recorder = StreamRecorder(endpoint: endpoint)
        var time = Self.begin
        for (piece, pause) in pieces {
            time = time + .milliseconds(Int64(pause))
            recorder.feed(buffer(piece), at: isTimed ? time : nil)
        }
        return recorder.reading(allowedFinishReasons: ["stop"]).track
    }

    private static let streams = [
        Fixtures.chatStream,
        Fixtures.chatStream.replacing("\n\n", with: "\r\n\r\n"),
        Fixtures.chatStream.replacing("\n\n", with: "\r\r"),
        Fixtures.chatStream.replacing(",\"usage\":null", with: ""),
        Fixtures.chatStream.replacing("\"choices\":[{", with: "\"usage\" : null , \"choices\":[{")
            .replacing(",\"usage\":null", with: ""),
        ": hello\n\nretry: 1\n\n" + Fixtures.chatStream + ": good bye\n\n",
        "\u{FEFF}" + Fixtures.chatStream,
    ]

    @Test("tells in every split what the usage brought into a stream", arguments: streams)
    func withoutUsage(stream: String) throws {
        var stripper = UsageStripper()
        var expected = stripper.filter(buffer(stream.replacing("\u{FEFF}", with: "")))
        expected.writeImmutableBuffer(stripper.finish())
        let mark = stream.hasPrefix("\u{FEFF}") ? "\u{FEFF}" : ""
        let bytes = Array(stream.utf8)
        for cut in 0...bytes.count {
            var recorder = StreamRecorder(endpoint: .chatCompletions)
            recorder.feed(ByteBuffer(bytes: bytes[..<cut]))
            recorder.feed(ByteBuffer(bytes: bytes[cut...]))
            let track = try #require(recorder.reading(allowedFinishReasons: ["stop"]).track)
            let left = try #require(track.withoutUsage(buffer(stream)))
            #expect(String(buffer: left).utf8.elementsEqual((mark + String(buffer: expected)).utf8))
        }
    }

    @Test("tells the gaps between events, none before the first, and none that is too long")
    func gaps() throws {
        let frames = Fixtures.chatFrames
        let pieces = [
            (frames[0], 700), (frames[1], 40), (frames[2] + frames[3], 60_000), (frames[4], 0), (frames[5], 1999),
        ]
        let recorded = try #require(track(pieces)?.frames(length: Fixtures.chatStream.utf8.count))
        #expect(recorded.map(\.gap) == [0, 40, 2000, 0, 0, 1999])
        #expect(recorded.map(\.length) == frames.map(\.utf8.count))
        #expect(recorded.map(\.cut) == [13, 13, 13, 13, frames[4].utf8.count, 0])
        let untimed = try #require(track(pieces, isTimed: false)?.frames(length: Fixtures.chatStream.utf8.count))
        #expect(untimed.map(\.gap) == [0, 0, 0, 0, 0, 0])
    }

    @Test("a frame that comes in pieces came with its end")
    func pieces() throws {
        let frames = Fixtures.chatFrames
        let half = frames[1].count / 2
        let pieces = [
            (frames[0], 0), (String(frames[1].prefix(half)), 100), (String(frames[1].dropFirst(half)), 50),
            (frames[2...].joined(), 10),
        ]
        let recorded = try #require(track(pieces)?.frames(length: Fixtures.chatStream.utf8.count))
        #expect(recorded.map(\.gap) == [0, 150, 10, 0, 0, 0])
    }

    @Test("a Responses stream has nothing to leave out")
    func responses() throws {
        let stream = try #require(
            StreamReplayer.replay(buffer(Fixtures.responseBody), endpoint: .responses, includeUsage: false)
        )
        let own = try #require(track([(String(buffer: stream), 0)], endpoint: .responses))
        #expect(own.withoutUsage(stream) == stream)
    }

    @Test("is of no stream but its own, and of none that is not stored")
    func others() throws {
        let whole = try #require(track([(Fixtures.chatStream, 0)]))
        #expect(whole.withoutUsage(buffer(Fixtures.chatStream + "x")) == nil)
        #expect(whole.withoutUsage(buffer(String(Fixtures.chatStream.dropLast()))) == nil)
        #expect(whole.withoutUsage(ByteBuffer()) == nil)
        #expect(track([(Fixtures.chatFrames.dropLast().joined(), 0)]) == nil)
    }

    @Test("takes a few bytes a frame, and there is none where those are too many")
    func size() throws {
        let whole = try #require(track([(Fixtures.chatStream, 0)]))
        #expect(whole.encoded.readableBytes <= Fixtures.chatFrames.count * 6)
        let middle = String(repeating: Fixtures.chatFrames[1], count: 15_000)
        #expect(track([(Fixtures.chatFrames[0] + middle + Fixtures.chatFrames[2...].joined(), 0)]) == nil)
    }

    @Test(
        "bytes that are none give nothing",
        arguments: [
            [0x80], [2], [0, 0], [7, 0], [7, 0, 4, 0], [7, 0, 3, 1], [8, 0], [UInt8](repeating: 0xFF, count: 20),
        ]
    )
    func malformed(bytes: [UInt8]) {
        #expect(StreamTrack(encoded: ByteBuffer(bytes: bytes)).frames(length: 3) == nil)
    }
}
