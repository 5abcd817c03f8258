import CCurl
import NIOCore
import NIOPosix

/// libcurl on a thread of its own: one multi handle with every `https` call of the process, whatever its upstream.
///
/// Other threads leave commands in a queue; the thread sleeps in libcurl's poll until one comes, a socket is ready or
/// a time is due. ``shutdown()`` must be called before the last reference goes: the thread lives until then.
package final class CurlEngine: Sendable {
    /// libcurl's own set-up, once a process.
    private static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private let queue: CurlQueue
    private let thread: NIOThreadPool

    package init() {
        guard Self.isReady else { fatalError("libcurl cannot be initialised") }
        let queue = CurlQueue()
        self.queue = queue
        thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        // A pool that is shut down at once hands the work over as cancelled: it must still run, to end by its queue.
        thread.submit { _ in
            _ = weir_block_sigpipe()
            CurlLoop(queue: queue).run()
        }
    }

    /// Ends every call under way with ``UpstreamError/draining``, closes all connections and joins the thread.
    package func shutdown() async {
        _ = queue.post(.stop)
        // Fails only where the pool was never started.
        try? await thread.shutdownGracefully()
    }

    /// - Returns: false once the engine has stopped.
    func post(_ command: CurlCommand) -> Bool { queue.post(command) }
}
