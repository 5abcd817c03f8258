import Testing
import WeirLedger
import WeirOpenAI
import WeirUpstream

@testable import WeirProxy

@Suite("How calls end, and what they have used")
struct CallEndTests {
    private static let estimate = RequestEstimate(unreadBytes: 400)
    private static let told = Usage(prompt: 7, completion: 5)

    @Test(
        "what is told counts; what is not is estimated, by how far the call got",
        arguments: [
            (CallEnd.unmade, nil, false), (.refused, nil, false), (.lost, Usage(prompt: 100), true),
            (.answered(AnswerReading(verdict: .storable, usage: told), isEventStream: false), told, false),
            (.answered(AnswerReading(verdict: .refused(.incomplete), usage: told), isEventStream: true), told, false),
            (
                .answered(AnswerReading(verdict: .refused(.incomplete), pieces: 3), isEventStream: true),
                Usage(prompt: 100, completion: 3), true
            ),
            (.answered(nil, isEventStream: true), Usage(prompt: 100), true),
            (.answered(nil, isEventStream: false), Usage(prompt: 100, completion: 1_024), true),
            (
                .answered(AnswerReading(verdict: .storable), isEventStream: false),
                Usage(prompt: 100, completion: 1_024), true
            ),
        ] as [(CallEnd, Usage?, Bool)]
    )
    func used(end: CallEnd, usage: Usage?, isEstimated: Bool) {
        let used = end.usage(Self.estimate)
        #expect(used?.usage == usage && (used?.isEstimated ?? false) == isEstimated)
    }

    @Test(
        "what was never sent is given back; what may have been worked on is not",
        arguments: [
            (UpstreamError.connect("refused"), CallEnd.unmade), (.tls("no"), .unmade), (.connectTimeout, .unmade),
            (.unprocessed, .unmade), (.busy, .unmade), (.breakerOpen(retryAfterSeconds: 1), .unmade),
            (.coolingDown(retryAfterSeconds: 1), .unmade), (.paced(retryAfterSeconds: 1), .unmade),
            (.draining, .unmade), (.firstByteTimeout, .lost), (.idleTimeout, .lost), (.totalTimeout, .lost),
            (.reset, .lost), (.lostIdle, .lost), (.malformed("no"), .lost),
        ]
    )
    func failed(error: UpstreamError, end: CallEnd) { #expect(CallEnd(error) == end) }
}
