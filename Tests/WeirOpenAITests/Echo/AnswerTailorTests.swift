import NIOCore
import Testing
import WeirHTTP

@testable import WeirOpenAI

@Suite struct AnswerTailorTests {
    private func request(_ members: String) -> AIRequest {
        AIRequest.read(
            ByteBuffer(string: #"{"model":"m","messages":[]\#(members)}"#),
            endpoint: .chatCompletions,
            fields: FieldSection(),
            settings: PersonaSettings()
        )
    }

    private static let stream =
        "data: {\"choices\":[{}],\"user\":null,\"usage\":null}\n\ndata: {\"choices\":[],\"usage\":{}}\n\ndata: [DONE]\n\n"

    @Test("a stream loses the usage that its reader did not ask for and gains what he has said, however it is cut")
    func both() throws {
        let asked = request(#","stream":true,"user":"bob""#)
        for size in [1, 5, 64, 10_000] {
            var tailor = try #require(AnswerTailor(for: asked, endpoint: .chatCompletions, isEventStream: true))
            var output = ByteBuffer()
            let bytes = Array(Self.stream.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                let piece = ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)])
                output.writeImmutableBuffer(tailor.filter(piece))
            }
            output.writeImmutableBuffer(tailor.finish())
            #expect(String(buffer: output) == "data: {\"choices\":[{}],\"user\":\"bob\"}\n\ndata: [DONE]\n\n")
        }
    }

    @Test("who has said nothing gets the shared answer as it is")
    func nothing() {
        #expect(AnswerTailor(for: request(""), endpoint: .chatCompletions, isEventStream: false) == nil)
        let withUsage = request(#","stream":true,"stream_options":{"include_usage":true}"#)
        #expect(AnswerTailor(for: withUsage, endpoint: .chatCompletions, isEventStream: true) == nil)
        #expect(AnswerTailor(for: request(#","stream":true"#), endpoint: .responses, isEventStream: true) == nil)
        let said = request(#","user":"bob""#)
        #expect(AnswerTailor(for: said, endpoint: .chatCompletions, isEventStream: false, repeats: false) == nil)
        #expect(AnswerTailor(for: said, endpoint: .chatCompletions, isEventStream: false) != nil)
        // An error, in place of the stream that was asked for.
        #expect(AnswerTailor(for: request(#","stream":true"#), endpoint: .chatCompletions, isEventStream: false) == nil)
    }
}
