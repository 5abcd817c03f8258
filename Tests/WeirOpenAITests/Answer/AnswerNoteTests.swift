import NIOCore
import Testing

@testable import WeirOpenAI

@Suite struct AnswerNoteTests {
    static let notes = [
        AnswerNote(
            model: "gpt-4o-mini",
            usage: Usage(prompt: 300, cachedPrompt: 128, writtenPrompt: 64, completion: 127, reasoning: 0),
            repeats: true
        ),
        AnswerNote(model: "", usage: Usage(prompt: Int.max, total: Int.max), repeats: false),
        AnswerNote(model: "é", usage: nil, repeats: true),
        AnswerNote(model: "omni-moderation-latest", usage: nil, repeats: false),
        AnswerNote(
            model: "m",
            usage: Usage(prompt: 1, completion: 2),
            repeats: true,
            track: StreamTrack(encoded: ByteBuffer(repeating: 1, count: 300))
        ),
        AnswerNote(model: "", usage: nil, repeats: false, track: StreamTrack(encoded: ByteBuffer(bytes: [6, 0]))),
    ]

    @Test("comes back as it was", arguments: notes)
    func roundTrip(note: AnswerNote) {
        #expect(AnswerNote(note.encoded()) == note)
    }

    @Test("is a few bytes longer than its model's name, and no longer whatever that is")
    func size() {
        #expect(Self.notes[0].encoded().readableBytes == 11 + 1 + 2 + 2 + 1 + 1 + 1 + 2)
        let long = AnswerNote(model: String(repeating: "x", count: 10_000), usage: nil, repeats: false)
        #expect(long.encoded().readableBytes == 201)
        #expect(AnswerNote(long.encoded())?.model == String(repeating: "x", count: 200))
    }

    @Test(
        "what is none gives nothing",
        arguments: [[], [4], [4, 5, 1], [8], [1], [1, 0, 0, 0, 0], [1, 0x80], [UInt8](repeating: 0xFF, count: 30)] + [
            [1] + [UInt8](repeating: 0x80, count: 20)
        ]
    )
    func malformed(bytes: [UInt8]) {
        #expect(AnswerNote(ByteBuffer(bytes: bytes)) == nil)
    }
}
