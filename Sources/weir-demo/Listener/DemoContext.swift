import Hummingbird
import NIOCore

/// What a handler knows besides the request: the connection, to notice that its client has left.
struct DemoContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Bodies that are read whole, such as an array of 2,048 embeddings.
    var maxUploadSize: Int { 32 * 1024 * 1024 }

    /// Sleeps for `duration`, in slices, so that a client that has left is noticed.
    ///
    /// - Throws: `ClientLeft` when the connection closes meanwhile.
    func pause(_ duration: Duration) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + duration
        while clock.now < deadline {
            guard channel.isActive else { throw ClientLeft() }
            try await clock.sleep(until: min(deadline, clock.now + .milliseconds(20)))
        }
    }
}
