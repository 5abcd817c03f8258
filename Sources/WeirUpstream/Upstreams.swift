package import NIOCore

/// Every upstream of a configuration, by name.
package struct Upstreams: Sendable {
    /// In the configuration's order.
    package let all: [Upstream]
    private let byName: [String: Upstream]

    /// - Parameters:
    ///   - settings: names are not repeated.
    ///   - group: where the callers' event loops come from.
    ///   - makeTransport: the way to each; a ``DirectTransport`` on `group` where nil.
    package init(
        _ settings: [UpstreamSettings],
        group: any EventLoopGroup,
        makeTransport: ((UpstreamSettings) -> any Transport)? = nil
    ) {
        all = settings.map { settings in
            let transport = makeTransport?(settings) ?? DirectTransport(settings: settings, group: group)
            return Upstream(settings: settings, transport: transport)
        }
        byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    }

    package subscript(name: String) -> Upstream? { byName[name] }

    /// Shuts all of them down at once; see ``Upstream/shutdown()``.
    package func shutdown() async {
        await withTaskGroup { group in
            for upstream in all { group.addTask { await upstream.shutdown() } }
        }
    }
}
