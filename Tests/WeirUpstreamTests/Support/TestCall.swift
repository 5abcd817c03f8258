import NIOCore
import Testing
import WeirTesting
import WeirUpstream

/// A call under way, in a test's hands.
struct TestCall: Sendable {
    let record: Watched<CallRecord>
    private let handler: NIOLoopBound<RecordingHandler>
    private let eventLoop: any EventLoop

    /// Starts a call on its event loop, and sees to it that the handler hears nothing from within.
    static func start(
        on eventLoop: any EventLoop,
        prepare: @escaping @Sendable (RecordingHandler) -> Void = { _ in },
        then: @escaping @Sendable (RecordingHandler) -> Void = { _ in },
        _ start: @escaping @Sendable (RecordingHandler) -> any UpstreamCall
    ) async throws -> TestCall {
        let record = Watched(CallRecord())
        let handler = try await eventLoop.submit {
            let handler = RecordingHandler(record: record)
            prepare(handler)
            handler.call = start(handler)
            let heard = record.value
            #expect(!heard.isOver && heard.head == nil && heard.informational.isEmpty && heard.waits == 0)
            then(handler)
            return NIOLoopBound(handler, eventLoop: eventLoop)
        }.get()
        return TestCall(record: record, handler: handler, eventLoop: eventLoop)
    }

    /// Runs on the call's event loop.
    func onLoop(_ action: @escaping @Sendable (RecordingHandler) -> Void) async throws {
        try await eventLoop.submit { action(handler.value) }.get()
    }

    func send(_ text: String) async throws { try await onLoop { $0.call?.send(body: ByteBuffer(string: text)) } }
    func sendEnd() async throws { try await onLoop { $0.call?.sendEnd() } }
    func setReading(_ wanted: Bool) async throws { try await onLoop { $0.call?.setReading(wanted) } }

    func cancel() async throws {
        try await onLoop {
            $0.call?.cancel()
            $0.isCancelled = true
        }
    }

    /// Everything that was heard, once the call is over.
    func outcome(limit: Duration = .seconds(20)) async throws -> CallRecord {
        let record = try await record.wait(for: "the call's end", limit: limit) { $0.isOver ? $0 : nil }
        #expect(record.lateWords == 0)
        return record
    }

    /// The whole response; throws what ended the call instead.
    func response(limit: Duration = .seconds(20)) async throws -> CallRecord {
        let record = try await outcome(limit: limit)
        if let error = record.error { throw error }
        return record
    }

    func error() async throws -> UpstreamError? { try await outcome().error }
}
