import Foundation
import NIOCore
import NIOPosix

/// A program cannot be found, or does not do as it should.
package struct ChildProgramFailure: Error, CustomStringConvertible {
    package var description: String
}

/// A program started by a test, ended by its process id.
final class ChildProgram: Sendable {
    private let process: Process
    private let status = Watched<Int32?>(nil)

    /// - Parameter output: where its output goes; nowhere where nil.
    init(_ name: String, _ arguments: [String], output: FileHandle? = nil) throws {
        process = Process()
        process.executableURL = URL(filePath: try ChildProgram.find(name))
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.terminationHandler = { [status] process in status.update { $0 = process.terminationStatus } }
        try process.run()
    }

    private static func find(_ name: String) throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin"]
        let found = folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let found else { throw ChildProgramFailure(description: "\(name) is not installed") }
        return found
    }

    var isRunning: Bool { status.value == nil }

    /// - Returns: the exit status; -1 where it does not come in time.
    @discardableResult
    func wait() async -> Int32 {
        (try? await status.wait(for: "the end of a program") { $0 }) ?? -1
    }

    /// By SIGKILL alone: the child has inherited the signal mask of a thread that takes no others.
    func kill() async {
        guard isRunning else { return }
        send(SIGKILL)
        await wait()
    }

    func send(_ signal: Int32) { _ = Foundation.kill(process.processIdentifier, signal) }
}

/// A port that was free a moment ago; whoever takes it in between has the program that is to listen there give up.
package func freeTestPort() async throws -> Int {
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .bind(host: "127.0.0.1", port: 0).get()
    let port = listener.localAddress?.port ?? 0
    try await listener.close()
    return port
}
