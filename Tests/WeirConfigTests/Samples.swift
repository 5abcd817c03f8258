import WeirConfig

/// Readings of configurations that need little text.
enum Sample {
    /// The least that is a configuration.
    static let least = """
        upstreams:
          app:
            url: http://127.0.0.1:3000
        routes:
          - path: /
            upstream: app

        """

    static func read(_ text: String, _ environment: [String: String] = [:]) throws(ConfigurationErrors) -> Configuration
    {
        try ConfigurationReader.read(text, file: "proxy.conf", environment: environment)
    }

    /// The problems of a text, as a user reads them.
    static func problems(_ text: String, _ environment: [String: String] = [:]) -> [String] {
        do throws(ConfigurationErrors) {
            _ = try read(text, environment)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }
}
