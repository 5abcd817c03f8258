import Logging
import NIOCore
import NIOPosix
import WeirTesting

@testable import WeirRedis

extension RedisSettings {
    /// Towards a server that is there, for tests on a busy machine: what has to come in time has plenty of it.
    static func patient(port: Int) -> RedisSettings {
        RedisSettings(
            place: .single(RedisEndpoint(host: "127.0.0.1", port: port)),
            connectTimeout: .seconds(5),
            timeout: .seconds(5)
        )
    }
}

extension RedisClient {
    var eventLoop: any EventLoop { group.next() }

    /// Sends from an event loop of the client's, and waits.
    func ask(
        _ commands: [RedisCommand],
        timeout: TimeAmount? = nil,
        on eventLoop: (any EventLoop)? = nil
    ) async throws -> [RedisReply] {
        let loop = eventLoop ?? self.eventLoop
        return try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                self.send(commands, timeout: timeout, on: loop) { continuation.resume(with: $0) }
            }
        }
    }

    /// One command of words.
    func ask(_ words: String...) async throws -> RedisReply {
        let arguments = words.dropFirst().map { ByteBuffer(string: $0) }
        return try await ask([RedisCommand(words[0], arguments)])[0]
    }

    /// What becomes of one command of words: nil where it has a reply.
    func failure(of words: String..., timeout: TimeAmount? = nil) async -> RedisError? {
        let arguments = words.dropFirst().map { ByteBuffer(string: $0) }
        do {
            _ = try await ask([RedisCommand(words[0], arguments)], timeout: timeout)
            return nil
        } catch {
            return error as? RedisError
        }
    }

    func run(_ script: RedisScript, keys: [String], arguments: [String]) async throws -> RedisReply {
        let loop = eventLoop
        return try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                self.run(
                    script,
                    keys: keys.map { ByteBuffer(string: $0) },
                    arguments: arguments.map { ByteBuffer(string: $0) },
                    on: loop
                ) { continuation.resume(with: $0) }
            }
        }
    }

    /// Waits for what other threads and processes bring about.
    func until(_ what: String, limit: Duration = .seconds(10), _ condition: @escaping @Sendable () -> Bool) async throws
    {
        try await withTimeLimit(limit, what) {
            while !condition() { try await Task.sleep(for: .milliseconds(2)) }
        }
    }

    func untilAvailable() async throws { try await until("a connection to Redis") { self.isAvailable } }
}

/// Runs a test with a client on a group of its own, and shuts both down whatever happens.
nonisolated(nonsending) func withClient<Result>(
    _ settings: RedisSettings,
    threads: Int = 1,
    logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
    consequences: [String: String] = [:],
    _ body: nonisolated(nonsending) (RedisClient) async throws -> Result
) async throws -> Result {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    let client = RedisClient(settings: settings, group: group, logger: logger, consequences: consequences)
    client.start()
    do {
        let result = try await body(client)
        await client.shutdown()
        try await group.shutdownGracefully()
        return result
    } catch {
        await client.shutdown()
        try await group.shutdownGracefully()
        throw error
    }
}
