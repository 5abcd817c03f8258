import CCurl
import NIOCore
import Testing

@testable import WeirUpstream

@Suite("CurlTimers")
struct CurlTimersTests {
    private let timeouts = UpstreamTimeouts(firstByte: .seconds(60), idle: .seconds(30), total: .seconds(600))

    private func at(_ seconds: UInt64) -> NIODeadline { .uptimeNanoseconds(seconds * 1_000_000_000) }

    @Test("While connecting only the total runs")
    func connecting() {
        let timers = CurlTimers(timeouts: timeouts, now: at(0))
        #expect(timers.deadline == at(600))
        #expect(timers.expired(now: at(599)) == nil)
        #expect(timers.expired(now: at(600)) == .totalTimeout)
    }

    @Test("Sending is idle after its last write, unless the client is the slow one")
    func sending() {
        var timers = CurlTimers(timeouts: timeouts, now: at(0))
        timers.begun(now: at(1))
        timers.wrote(now: at(10))
        #expect(timers.deadline == at(40))
        #expect(timers.expired(now: at(40)) == .idleTimeout)
        timers.isStarved = true
        #expect(timers.deadline == at(600))
        timers.wrote(now: at(100))
        #expect(timers.deadline == at(130))
    }

    @Test("The first byte is waited for from the end of the request")
    func waiting() {
        var timers = CurlTimers(timeouts: timeouts, now: at(0))
        timers.begun(now: at(1))
        timers.sent(now: at(5))
        #expect(timers.deadline == at(65))
        #expect(timers.expired(now: at(64)) == nil)
        #expect(timers.expired(now: at(65)) == .firstByteTimeout)
    }

    @Test("Receiving is idle after its last read, unless nobody reads")
    func receiving() {
        var timers = CurlTimers(timeouts: timeouts, now: at(0))
        timers.begun(now: at(1))
        timers.sent(now: at(1))
        timers.received(now: at(20))
        #expect(timers.expired(now: at(50)) == .idleTimeout)
        timers.isPaused = true
        #expect(timers.expired(now: at(599)) == nil)
        timers.received(now: at(560))
        #expect(timers.deadline == at(590))
        // The rest of a request that goes on behind an early response does not begin the wait for it anew.
        timers.sent(now: at(561))
        #expect(timers.expired(now: at(590)) == .idleTimeout)
    }
}

@Suite("CurlUpload")
struct CurlUploadTests {
    private func bytes(_ text: String) -> CurlUpload.Piece { .bytes(ByteBuffer(string: text)) }

    @Test("A whole body is read in pieces, and once more from its start")
    func whole() {
        var upload = CurlUpload(.whole(ByteBuffer(string: "hello")))
        #expect(upload.announcedLength == 5)
        #expect(upload.next(upTo: 3) == bytes("hel"))
        #expect(upload.next(upTo: 3) == bytes("lo"))
        #expect(upload.isFinished)
        #expect(upload.next(upTo: 3) == .end)
        let isRewound = upload.rewind()
        #expect(isRewound)
        #expect(upload.next(upTo: 9) == bytes("hello"))
    }

    @Test("A streamed body waits for its pieces, and ends when it is told to")
    func streamed() {
        var upload = CurlUpload(.streamed(length: nil))
        #expect(upload.announcedLength == -1)
        #expect(upload.next(upTo: 9) == .none)
        let isUntouched = upload.rewind()
        #expect(isUntouched)
        upload.append(ByteBuffer(string: "abc"))
        upload.append(ByteBuffer(string: "d"))
        #expect(upload.next(upTo: 2) == bytes("ab"))
        #expect(upload.next(upTo: 2) == bytes("c"))
        upload.complete()
        #expect(!upload.isFinished)
        #expect(upload.next(upTo: 2) == bytes("d"))
        #expect(upload.isFinished)
        #expect(upload.next(upTo: 2) == .end)
        let isRewound = upload.rewind()
        #expect(!isRewound)
    }

    @Test("A body of known length ends there, and is short before")
    func length() {
        var upload = CurlUpload(.streamed(length: 4))
        #expect(upload.announcedLength == 4)
        upload.append(ByteBuffer(string: "abcdef"))
        #expect(upload.next(upTo: 9) == bytes("abcd"))
        #expect(upload.next(upTo: 9) == .end)
        var short = CurlUpload(.streamed(length: 4))
        short.append(ByteBuffer(string: "ab"))
        short.complete()
        #expect(short.next(upTo: 9) == bytes("ab"))
        #expect(short.next(upTo: 9) == .short)
    }

    @Test("No body is over at once")
    func none() {
        var upload = CurlUpload(.none)
        #expect(upload.isFinished)
        #expect(upload.next(upTo: 9) == .end)
    }
}

@Suite("CurlBacklog")
struct CurlBacklogTests {
    @Test("It is full above one mark, and drained once below the other")
    func marks() {
        let backlog = CurlBacklog()
        backlog.add(CurlBacklog.full)
        #expect(!backlog.isFull)
        backlog.add(1)
        #expect(backlog.isFull)
        #expect(!backlog.isDrained)
        let toMark = CurlBacklog.full + 1 - CurlBacklog.drained
        #expect(!backlog.remove(toMark))
        #expect(backlog.remove(1))
        #expect(backlog.isDrained)
        #expect(!backlog.remove(1))
    }
}

@Suite("CurlFailure")
struct CurlFailureTests {
    @Test(
        "Results of libcurl's have their meaning",
        arguments: [
            (CURLE_COULDNT_RESOLVE_HOST, false, .connect("why")), (CURLE_COULDNT_CONNECT, false, .connect("why")),
            (CURLE_PEER_FAILED_VERIFICATION, false, .tls("why")), (CURLE_SSL_CONNECT_ERROR, false, .tls("why")),
            (CURLE_OPERATION_TIMEDOUT, false, .connectTimeout), (CURLE_PARTIAL_FILE, true, .reset),
            (CURLE_RECV_ERROR, true, .reset), (CURLE_RECV_ERROR, false, .connect("why")),
            (CURLE_GOT_NOTHING, true, .reset), (CURLE_HTTP2_STREAM, true, .reset), (CURLE_HTTP2, true, .reset),
            (CURLE_SEND_ERROR, true, .reset), (CURLE_WEIRD_SERVER_REPLY, true, .malformed("why")),
            (CURLE_UNSUPPORTED_PROTOCOL, true, .malformed("why")),
        ] as [(CURLcode, Bool, UpstreamError)]
    )
    func meanings(code: CURLcode, hasBegun: Bool, error: UpstreamError) {
        #expect(CurlFailure.error(code, detail: "why", hasBegun: hasBegun) == error)
    }

    @Test("Without a word of its own a failure has libcurl's name")
    func names() {
        let error = CurlFailure.error(CURLE_COULDNT_CONNECT, detail: "", hasBegun: false)
        #expect(error == .connect("Couldn't connect to server"))
    }
}
