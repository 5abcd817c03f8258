import NIOCore
import Testing

@testable import WeirRedis

@Suite("Commands that are refused")
struct RefusedCommandsTests {
    private let start = NIODeadline.uptimeNanoseconds(1)

    @Test("are news once, and once more when they have been answered after a while")
    func news() {
        var commands = RefusedCommands()
        #expect(commands.refused("SET", now: start) == true)
        #expect(commands.refused("SET", now: start + .seconds(59)) == false)
        #expect(commands.refused("GET", now: start) == true)
        #expect(commands.answered("SET", now: start + .seconds(118)) == false)
        #expect(commands.refused("SET", now: start + .seconds(118)) == false)
        #expect(commands.answered("SET", now: start + .seconds(177)) == false)
        #expect(commands.answered("SET", now: start + .seconds(178)) == true)
        #expect(commands.answered("SET", now: start + .seconds(179)) == false)
        #expect(commands.refused("SET", now: start + .seconds(180)) == true)
        #expect(commands.answered("PING", now: start + .seconds(180)) == false)
        #expect(commands.answered("GET", now: start + .seconds(180)) == true)
        #expect(!commands.isEmpty)
    }

    @Test("are bounded in number")
    func bounded() {
        var commands = RefusedCommands()
        var told = 0
        for number in 0..<100 where commands.refused("\(number)", now: start) { told += 1 }
        #expect(told == 64)
        #expect(commands.refused("0", now: start) == false)
    }
}
