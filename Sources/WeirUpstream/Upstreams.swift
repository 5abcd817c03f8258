package import NIOCore

/// Every upstream of a configuration, by name.
package struct Upstreams: Sendable {
    /// In the configuration's order.
    package let all: [Upstream]
    private let byName: [String: Upstream]

    /// - Parameters:
    ///   - settings: names are not repeated.
    ///   - group: where the callers' event loops come from.
    ///   - former: those before a reload. One whose settings have not changed stays as it is, with its connections;
    ///     of one whose settings have, what ``Upstream/init(settings:transport:succeeding:onRelease:)`` says goes on.
    ///   - onRelease: is given an upstream's transport once nobody can call that upstream any more.
    ///   - makeTransport: the way to each; a ``DirectTransport`` on `group` where nil.
    package init(
        _ settings: [UpstreamSettings],
        group: any EventLoopGroup,
        succeeding former: Upstreams? = nil,
        onRelease: (@Sendable (any Transport) -> Void)? = nil,
        makeTransport: ((UpstreamSettings) -> any Transport)? = nil
    ) {
        all = settings.map { settings in
            let former = former?[settings.name]
            if let former, former.settings == settings { return former }
            let transport = makeTransport?(settings) ?? DirectTransport(settings: settings, group: group)
            return Upstream(settings: settings, transport: transport, succeeding: former, onRelease: onRelease)
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
