import Foundation
import Synchronization

/// A real redis-server on a port of its own, on loopback, that keeps nothing on disk.
///
///     try await withRedisServer(["--maxmemory", "2mb"]) { server in
///         … redis://127.0.0.1:\(server.port) …
///         server.pause()
///         try await server.cli("CLIENT", "KILL", "TYPE", "pubsub")
///     }
///
/// Needs `redis-server` and `redis-cli`. What it writes lies in a temporary folder, removed at the end.
package final class RedisServer: Sendable {
    package let port: Int
    private let arguments: [String]
    private let folder: TemporaryFolder
    private let child: Mutex<ChildProgram>

    private init(port: Int, arguments: [String], folder: TemporaryFolder, child: ChildProgram) {
        self.port = port
        self.arguments = arguments
        self.folder = folder
        self.child = Mutex(child)
    }

    // MARK: What happens to it

    /// Ends it without a word, as a crash would.
    package func kill() async { await child.withLock { $0 }.kill() }

    /// Starts it again on its port, empty.
    package func restart() async throws {
        let again = try Self.run(port: port, arguments, folder)
        child.withLock { $0 = again }
        guard try await Self.answers(again, port: port) else {
            throw ChildProgramFailure(description: "redis-server does not start again: \(Self.log(folder))")
        }
    }

    /// It keeps its connections and takes new ones, and answers nothing.
    package func pause() { child.withLock { $0 }.send(SIGSTOP) }

    package func resume() { child.withLock { $0 }.send(SIGCONT) }

    /// Says something to it, past the code under test.
    /// - Returns: what redis-cli prints, without the last line's end.
    @discardableResult
    package func cli(_ arguments: String...) async throws -> String {
        let path = folder.path("cli-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        guard let output = FileHandle(forWritingAtPath: path) else {
            throw ChildProgramFailure(description: "there is no file for redis-cli to write to")
        }
        let program = try ChildProgram("redis-cli", ["-p", "\(port)"] + arguments, output: output)
        let status = await program.wait()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        guard status == 0 else { throw ChildProgramFailure(description: "redis-cli gave \(status): \(text)") }
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    // MARK: Starting

    fileprivate static func start(_ arguments: [String]) async throws -> RedisServer {
        let folder = try TemporaryFolder()
        for _ in 0..<20 {
            let port = try await freeTestPort()
            let child = try run(port: port, arguments, folder)
            if try await answers(child, port: port) {
                return RedisServer(port: port, arguments: arguments, folder: folder, child: child)
            }
        }
        throw ChildProgramFailure(description: "redis-server does not start: \(log(folder))")
    }

    private static func run(port: Int, _ arguments: [String], _ folder: TemporaryFolder) throws -> ChildProgram {
        var all = ["--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        all += ["--dir", folder.path(""), "--logfile", folder.path("redis.log"), "--daemonize", "no"]
        return try ChildProgram("redis-server", all + arguments)
    }

    /// - Returns: false where it has ended.
    private static func answers(_ child: ChildProgram, port: Int) async throws -> Bool {
        // Another process: it tells nobody when it listens. One that has no port for its cluster's bus ends after that.
        while child.isRunning {
            if await (try ChildProgram("redis-cli", ["-p", "\(port)", "PING"])).wait() == 0 { return child.isRunning }
        }
        return false
    }

    private static func log(_ folder: TemporaryFolder) -> String {
        (try? String(contentsOfFile: folder.path("redis.log"), encoding: .utf8)) ?? "no log"
    }
}

/// Runs a test against a redis-server, and ends that whatever happens.
/// - Parameter arguments: beside those that all have: `["--requirepass", "secret"]`.
package nonisolated(nonsending) func withRedisServer<Result>(
    _ arguments: [String] = [],
    _ body: nonisolated(nonsending) (RedisServer) async throws -> Result
) async throws -> Result {
    let server = try await RedisServer.start(arguments)
    do {
        let result = try await body(server)
        await server.kill()
        return result
    } catch {
        await server.kill()
        throw error
    }
}
