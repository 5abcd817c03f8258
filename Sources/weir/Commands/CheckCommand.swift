import ArgumentParser
import WeirConfig

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration and print its routes and breakers.",
        discussion: "Reports every mistake with file, line and column, and ends with exit code 1 if there is one."
    )

    @OptionGroup var file: ConfigurationFile

    func run() async throws {
        try await Failure.reporting {
            let configuration = try file.read()
            for warning in configuration.warnings { StandardError.write("warning: \(warning.description)") }
            print(RouteTable.render(configuration))
            print(BreakerTable.render(configuration), terminator: "")
        }
    }
}
