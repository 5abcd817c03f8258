import Testing
import WeirLedger
import WeirOpenAI

@Suite struct ModelLedgerTests {
    @Test("what is spent adds up by model")
    func sums() {
        var ledger = ModelLedger()
        ledger.record(Usage(prompt: 10, cachedPrompt: 4, completion: 3, reasoning: 2), model: "a")
        ledger.record(Usage(prompt: 1, cachedPrompt: 0, completion: 2), model: "a")
        ledger.record(Usage(prompt: 7), model: "b")
        #expect(ledger.models.keys.sorted() == ["a", "b"])
        #expect(ledger.models["a"]?.calls == 2)
        #expect(ledger.models["a"]?.prompt == 11)
        #expect(ledger.models["a"]?.cachedPrompt == 4)
        #expect(ledger.models["a"]?.completion == 5)
        #expect(ledger.models["a"]?.reasoning == 2)
        #expect(ledger.models["b"]?.prompt == 7)
    }

    @Test("a usage that lies below zero takes nothing away")
    func negative() {
        var ledger = ModelLedger()
        ledger.record(Usage(prompt: -5, cachedPrompt: -1, completion: -9), model: "a")
        #expect(ledger.models["a"]?.calls == 1)
        #expect(ledger.models["a"]?.prompt == 0)
        #expect(ledger.models["a"]?.completion == 0)
    }

    @Test("models that clients make up do not grow the table, and none of their tokens is lost")
    func manyModels() {
        var total = ModelLedger()
        for worker in 0..<4 {
            var ledger = ModelLedger()
            for index in 0..<200 { ledger.record(Usage(prompt: 1), model: "m\(worker)-\(index)") }
            #expect(ledger.models.count == 65)
            #expect(ledger.models[ModelLedger.otherModels]?.calls == 136)
            total.add(ledger)
        }
        #expect(total.models.count <= 65)
        #expect(total.models.values.reduce(0) { $0 + $1.prompt } == 800)
    }
}
