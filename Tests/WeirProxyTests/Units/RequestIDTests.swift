import Testing
import WeirHTTP

@testable import WeirProxy

@Suite struct RequestIDTests {
    @Test("ids are 32 hexadecimal digits, each another")
    func ids() {
        var ids = RequestIDs()
        var seen: Set<String> = []
        for _ in 0..<10_000 {
            let id = String(decoding: ids.next(), as: UTF8.self)
            guard id.utf8.count == 32, id.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
            else {
                Issue.record("'\(id)' is no id")
                return
            }
            seen.insert(id)
        }
        #expect(seen.count == 10_000)
        #expect(Set(seen.map { $0.prefix(16) }).count == 1)
    }
}
