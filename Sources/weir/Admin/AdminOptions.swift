import ArgumentParser
import WeirAdmin
import NIOPosix
import WeirConfig
import WeirProxy
import WeirUpstream

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How a command finds the admin listener of a running Weir: `--admin`, or the `admin:` of the configuration.
struct AdminOptions: ParsableArguments {
    @OptionGroup var file: ConfigurationFile

    @Option(help: ArgumentHelp("The admin listener's URL, instead of the configuration's.", valueName: "url"))
    var admin: String?

    func use(_ work: (AdminClient) async throws -> Void) async throws {
        let client = try client()
        do {
            try await work(client)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }

    /// With `--admin` the token comes from `WEIR_ADMIN_TOKEN`, else from where the configuration has it.
    private func client() throws -> AdminClient {
        if let admin {
            guard let url = UpstreamURL(text: admin) else {
                throw Failure("--admin expects a URL such as http://127.0.0.1:9090, found '\(admin)'")
            }
            return AdminClient(url: url, token: ProcessInfo.processInfo.environment["WEIR_ADMIN_TOKEN"])
        }
        let settings = try file.read().admin
        let host = ["0.0.0.0", "::"].contains(settings.listen.host) ? "127.0.0.1" : settings.listen.host
        return AdminClient(
            url: UpstreamURL(scheme: .http, host: host, port: settings.listen.port),
            token: settings.token
        )
    }
}
