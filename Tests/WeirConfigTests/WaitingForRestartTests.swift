import NIOCore
import Testing
import WeirProxy

@testable import WeirConfig

@Suite struct WaitingForRestartTests {
    @Test(
        "the keys that only a start takes up are named when they differ, others are not",
        arguments: [
            ("", []), ("drain: 5s\nlimits: {connections: 5}\nreload: {watch: 0s}\n", []),
            ("admin: {listen: 127.0.0.1:9191}\n", ["admin.listen"]), ("admin: {token: abc}\n", ["admin.token"]),
            (
                "log: {level: debug}\nadmin: {listen: 127.0.0.1:9191, token: abc}\n",
                ["admin.listen", "admin.token", "log"]
            ),
        ] as [(String, [String])]
    )
    func waiting(more: String, keys: [String]) throws {
        let started = try Sample.read(Sample.least)
        #expect(try Sample.read(more + Sample.least).waitingForRestart(since: started) == keys)
    }

    @Test("the file is watched every second unless it is said otherwise")
    func reload() throws {
        #expect(try Sample.read(Sample.least).reload.watch == .seconds(1))
        #expect(try Sample.read("reload: {watch: 0s}\n" + Sample.least).reload.watch == .zero)
        #expect(try Sample.read("drain_delay: 3s\n" + Sample.least).proxy.drainDelay == .seconds(3))
        #expect(try Sample.read(Sample.least).proxy.drainDelay == .zero)
    }
}
