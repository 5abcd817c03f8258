import NIOCore
import Testing

@testable import WeirUpstream

@Suite struct CallProgressTests {
    enum Event: Sendable { case bodyEnded, blocked, wanted, head }

    @Test(
        "Whose doing it is when the total time runs out",
        arguments: [
            (UpstreamRequest.Body.none, [Event](), true, false),
            (.whole(ByteBuffer(string: "x")), [], true, false),
            (.none, [.head], false, false),
            (.streamed(length: 9), [], false, true),
            (.streamed(length: nil), [.bodyEnded], true, false),
            (.streamed(length: nil), [.bodyEnded, .head], false, false),
            // An answer before the body is whole.
            (.streamed(length: nil), [.head], false, false),
            // The upstream takes no more of it.
            (.streamed(length: nil), [.blocked], true, false),
            (.streamed(length: nil), [.blocked, .wanted], false, true),
            (.streamed(length: nil), [.blocked, .bodyEnded], true, false),
        ]
    )
    func total(body: UpstreamRequest.Body, events: [Event], concernsUpstream: Bool, isHeld: Bool) {
        var progress = CallProgress(body)
        for event in events {
            switch event {
            case .bodyEnded: progress.bodyEnded()
            case .blocked: progress.bodyWanted(false)
            case .wanted: progress.bodyWanted(true)
            case .head: progress.receivedHead()
            }
        }
        #expect(progress.concernsUpstream(.totalTimeout) == concernsUpstream)
        #expect(progress.isHeldByClient == isHeld)
        // The transports measure these only while it is the upstream that they wait for.
        for error in [UpstreamError.firstByteTimeout, .idleTimeout, .connectTimeout, .reset, .malformed("junk")] {
            #expect(progress.concernsUpstream(error))
        }
    }
}
