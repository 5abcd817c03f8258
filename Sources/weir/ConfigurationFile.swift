import ArgumentParser
import WeirConfig

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `--config`, and reading what it names.
struct ConfigurationFile: ParsableArguments {
    @Option(name: .long, help: "The configuration file.")
    var config = "proxy.conf"

    /// nil where it cannot be read.
    var content: Data? { FileManager.default.contents(atPath: config) }

    /// Whether it is there, and this process may read it.
    var isReadable: Bool { FileManager.default.isReadableFile(atPath: config) }

    /// Reports every problem and ends with exit code 1 if there is any.
    func read() throws -> Configuration {
        guard let data = content else {
            throw Failure(
                "\(config): cannot be read; name a file with --config, or begin with a copy of proxy.conf.example"
            )
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Failure("\(config): is not UTF-8 text")
        }
        do {
            return try ConfigurationReader.read(
                text,
                file: config,
                environment: ProcessInfo.processInfo.environment
            )
        } catch {
            throw Failure(error.description)
        }
    }
}
