import NIOCore
import Testing
import WeirCorpus
import WeirHTTP
import WeirTraces

@Suite("Mutations of the corpus")
struct MutationTests {
    /// Bytes and runs that parsers trip over.
    private static let morsels: [String] = [
        "\r", "\n", "\r\n", "\r\n\r\n", " ", "\t", ":", ",", ";", "\u{0}", "\u{7F}", "\u{80}", "\u{FF}", "0", "F", "%",
        "#", "?",
        "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "Host: b\r\n", "Connection: close\r\n", "0\r\n\r\n",
    ]

    private static func mutate(_ original: [UInt8], with random: inout SplitMix64) -> [UInt8] {
        var mutant = original
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard !mutant.isEmpty else { break }
            let place = Int.random(in: 0..<mutant.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: mutant[place] = UInt8.random(in: .min ... .max, using: &random)
            case 1: mutant.remove(at: place)
            case 2: mutant.insert(mutant[place], at: place)
            case 3: mutant.removeLast(mutant.count - place)
            default: mutant.insert(contentsOf: bytes(morsels.randomElement(using: &random) ?? ""), at: place)
            }
        }
        return mutant
    }

    private static func cut(_ bytes: [UInt8], with random: inout SplitMix64) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = min(rest.count, Int.random(in: 1...40, using: &random))
            pieces.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return pieces
    }

    @Test("A mutated request never traps and is the same in any split", arguments: 1...8 as ClosedRange<UInt64>)
    func requests(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let corpus = (RequestCorpus.accepted.map(\.input) + RequestCorpus.refused.map(\.input))
            .filter { $0.count < 2_000 }.map { bytes($0) }
        for _ in 0..<1_000 {
            let mutant = Self.mutate(corpus.randomElement(using: &random) ?? [], with: &random)
            let whole = Transcript.requests([mutant[...]])
            let cut = Transcript.requests(Self.cut(mutant, with: &random))
            if cut != whole {
                Issue.record("\(Transcript.text(mutant).debugDescription)\n\(cut)\nwhole:\n\(whole)")
                return
            }
        }
    }

    @Test("A mutated response never traps and is the same in any split", arguments: 1...8 as ClosedRange<UInt64>)
    func responses(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let corpus = (ResponseCorpus.accepted.map(\.input) + ResponseCorpus.refused.map(\.input))
            .filter { $0.count < 2_000 }.map { bytes($0) }
        let methods: [RequestMethod] = [.get, .head, .get]
        for _ in 0..<1_000 {
            let mutant = Self.mutate(corpus.randomElement(using: &random) ?? [], with: &random)
            let whole = Transcript.responses([mutant[...]], to: methods, closed: true)
            let cut = Transcript.responses(Self.cut(mutant, with: &random), to: methods, closed: true)
            if cut != whole {
                Issue.record("\(Transcript.text(mutant).debugDescription)\n\(cut)\nwhole:\n\(whole)")
                return
            }
        }
    }
}
