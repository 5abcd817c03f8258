import Testing

@testable import WeirProxy

@Suite struct BatchTests {
    private static let limits = Batch<String>.Limits(items: 10, tokens: 1_000)

    @Test("orders wait until their items are as many as a batch may have")
    func full() {
        var batch = Batch<String>()
        for number in 1...9 {
            let addition = batch.add("\(number)", items: 1, tokens: 1, limits: Self.limits)
            #expect(addition.full.isEmpty && addition.begins == (number == 1))
        }
        let addition = batch.add("10", items: 1, tokens: 1, limits: Self.limits)
        #expect(addition.full == [(1...10).map(String.init)] && !addition.begins && batch.isEmpty)
    }

    @Test("what does not fit any more begins the next batch")
    func next() {
        var batch = Batch<String>()
        _ = batch.add("a", items: 6, tokens: 1, limits: Self.limits)
        let addition = batch.add("b", items: 5, tokens: 1, limits: Self.limits)
        #expect(addition.full == [["a"]] && addition.begins)
        #expect(batch.take() == ["b"] && batch.isEmpty && batch.take() == [])
    }

    @Test(
        "what is as large as a batch goes alone, and those who wait go on waiting",
        arguments: [(10, 1), (11, 1), (1, 1_000)]
    )
    func large(items: Int, tokens: Int) {
        var batch = Batch<String>()
        _ = batch.add("small", items: 1, tokens: 1, limits: Self.limits)
        let addition = batch.add("large", items: items, tokens: tokens, limits: Self.limits)
        #expect(addition.full == [["large"]] && !addition.begins)
        #expect(batch.take() == ["small"])
    }

    @Test("tokens bound a batch as well")
    func tokens() {
        var batch = Batch<String>()
        _ = batch.add("a", items: 1, tokens: 600, limits: Self.limits)
        let addition = batch.add("b", items: 1, tokens: 401, limits: Self.limits)
        #expect(addition.full == [["a"]] && addition.begins)
        #expect(batch.add("c", items: 1, tokens: 599, limits: Self.limits).full.isEmpty)
        #expect(batch.take() == ["b", "c"])
    }

    @Test("a batch that fills up behind one that had to go sends both")
    func both() {
        var batch = Batch<String>()
        _ = batch.add("a", items: 2, tokens: 1, limits: Self.limits)
        let addition = batch.add("b", items: 9, tokens: 1, limits: Self.limits)
        #expect(addition.full == [["a"]] && addition.begins)
        #expect(batch.add("c", items: 1, tokens: 1, limits: Self.limits).full == [["b", "c"]])
    }

    @Test("calls count by the number of their items")
    func sizes() {
        var sizes = BatchSizes()
        for items in [1, 1, 10, 11, 3_000] { sizes.record(items) }
        #expect(sizes.calls == 5 && sizes.items == 3_023)
        #expect(sizes.cumulativeCounts == [2, 2, 2, 3, 4, 4, 4, 4, 4, 4, 4])
        var sum = sizes
        sum.add(sizes)
        #expect(sum.calls == 10 && sum.items == 6_046 && sum.cumulativeCounts.last == 8)
    }
}
