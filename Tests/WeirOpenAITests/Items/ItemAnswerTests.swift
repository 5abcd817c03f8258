import NIOCore
import Testing
import WeirTraces

@testable import WeirOpenAI

/// Answers cut into items and put together again, against what the provider would have said.
@Suite struct ItemAnswerTests {
    private static func item(_ vector: String, _ index: Int) -> String {
        #"{"object":"embedding","index":\#(index),"embedding":\#(vector)}"#
    }

    private static func answer(_ vectors: [String], tokens: Int, members: String = "") -> String {
        let items = vectors.enumerated().map { item($1, $0) }.joined(separator: ",")
        return #"{"object":"list","data":[\#(items)],"model":"m",\#(members)"#
            + #""usage":{"prompt_tokens":\#(tokens),"total_tokens":\#(tokens)}}"#
    }

    private func cut(_ body: String, _ count: Int, endpoint: APIEndpoint = .embeddings, tokens: [Int]? = nil)
        -> [String]?
    {
        let shares = ItemShares(tokens ?? Array(repeating: 1, count: count))
        return ItemAnswer(buffer(body), endpoint: endpoint, count: count).map { answer in
            (0..<count).map { String(buffer: answer.alone($0, shares: shares).body) }
        }
    }

    @Test("each item is answered as if it had been asked for alone")
    func alone() {
        let cut = cut(Self.answer(["[1]", #""AA==""#], tokens: 10), 2, tokens: [1, 3])
        #expect(cut == [Self.answer(["[1]"], tokens: 2), Self.answer([#""AA==""#], tokens: 8)])
    }

    @Test("what an answer says of its request, and of its usage but counts, is not for others")
    func members() {
        let body =
            #"{ "user" : "u","metadata":{}, "data" : [ { "index" : 0 , "embedding" : [1] } ] ,"#
            + #""usage":{"total_tokens":4,"cost":0.5,"details":{"a":1}},"x":[1] }"#
        #expect(cut(body, 1) == [#"{"data":[{ "index" : 0 , "embedding" : [1] }],"usage":{"total_tokens":4},"x":[1]}"#])
    }

    @Test("items are told by their index, where they have one")
    func order() {
        let reversed = #"{"data":[{"index":1,"embedding":[1]},{"index":0,"embedding":[0]}]}"#
        #expect(
            cut(reversed, 2) == [
                #"{"data":[{"index":0,"embedding":[0]}]}"#, #"{"data":[{"index":0,"embedding":[1]}]}"#,
            ]
        )
        let results = #"{"id":"i","results":[{"categories":{"a":1}},{"categories":{"a":2}}]}"#
        #expect(
            cut(results, 2, endpoint: .moderations)
                == [
                    #"{"id":"i","results":[{"categories":{"a":1}}]}"#,
                    #"{"id":"i","results":[{"categories":{"a":2}}]}"#,
                ]
        )
    }

    @Test(
        "what is no list of what was asked for is not cut",
        arguments: [
            "", "{}", "[]", #"{"data":[]}"#, #"{"data":[{"embedding":[1]}]}"#, #"{"data":{"embedding":[1]}}"#,
            #"{"data":[{"embedding":[1]},{"embedding":null}]}"#, #"{"data":[{"embedding":[1]},{"embedding":[2]}"#,
            #"{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}"#,
            #"{"data":[{"index":0,"embedding":[1]},{"index":2,"embedding":[1]}]}"#,
            #"{"data":[{"index":0,"embedding":[1]},{"embedding":[1]}]}"#,
            #"{"error":{},"data":[{"embedding":[1]},{"embedding":[2]}]}"#,
            #"{"data":[{"embedding":[1]},{"embedding":[2]},{"embedding":[3]}]}"#,
            #"{"data":[{"embedding":[1]},{"embedding":[2]}],"data":[{"embedding":[3]}]}"#,
        ]
    )
    func unreadable(body: String) { #expect(cut(body, 2) == nil) }

    @Test("whatever is cut and put together in whatever order is what the provider would have said")
    func random() throws {
        var random = SplitMix64(state: 5)
        for _ in 0..<300 {
            let count = Int.random(in: 1...12, using: &random)
            let vectors = (0..<count).map { index in "[\(index),0.5,\(Int.random(in: -9...9, using: &random))]" }
            let tokens = (0..<count).map { _ in Int.random(in: 1...50, using: &random) }
            let total = Int.random(in: 0...2_000, using: &random)
            let shares = ItemShares(tokens)
            let answer = try #require(
                ItemAnswer(buffer(Self.answer(vectors, tokens: total)), endpoint: .embeddings, count: count)
            )
            let parts = try (0..<count).map { item in
                let part = answer.alone(item, shares: shares)
                let note = AnswerNote(model: "m", usage: nil, repeats: false, item: part.place)
                #expect(ItemPlace.find(in: part.body, endpoint: .embeddings) == part.place)
                let noted = AnswerNote(note.encoded())?.item
                return try #require(ItemPart(part.body, noted: noted, endpoint: .embeddings))
            }
            #expect(
                String(buffer: ItemPart.stitch(parts, order: Array(0..<count))) == Self.answer(vectors, tokens: total)
            )
            let order = (0..<Int.random(in: 1...20, using: &random)).map { _ in
                Int.random(in: 0..<count, using: &random)
            }
            let sum = order.reduce(0) { $0 + shares.share(of: total, item: $1) }
            let stitched = String(buffer: ItemPart.stitch(parts, order: order))
            #expect(stitched == Self.answer(order.map { vectors[$0] }, tokens: sum))
        }
    }

    @Test("usage before the items, and none, are put together too")
    func places() throws {
        let before = #"{"usage":{"total_tokens":4},"data":[{"index":0,"embedding":[1]}]}"#
        let none = #"{"data":[{"embedding":[1]}]}"#
        func stitch(_ body: String) throws -> String {
            let part = try #require(ItemPart(buffer(body), noted: nil, endpoint: .embeddings))
            return String(buffer: ItemPart.stitch([part], order: [0, 0]))
        }
        #expect(
            try stitch(before)
                == #"{"usage":{"total_tokens":8},"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1]}]}"#
        )
        #expect(try stitch(none) == #"{"data":[{"embedding":[1]},{"embedding":[1]}]}"#)
    }

    @Test("a place that is not the body's is refused, as notes may come from elsewhere")
    func hostile() {
        let body = buffer(Self.answer(["[1]"], tokens: 1))
        for place in [
            ItemPlace(item: 0..<body.readableBytes + 1, index: nil, usage: nil),
            ItemPlace(item: 5..<9, index: 3..<6, usage: nil),
            ItemPlace(item: 5..<9, index: nil, usage: 8..<12),
            ItemPlace(item: 5..<9, index: nil, usage: 8..<1_000),
        ] {
            #expect(ItemPart(body, noted: place, endpoint: .embeddings) == nil)
        }
    }

    @Test("shares are whole, and add up exactly", arguments: [0, 1, 7, 100, 1 << 40])
    func shares(count: Int) {
        var random = SplitMix64(state: UInt64(count))
        for _ in 0..<100 {
            let tokens = (0..<Int.random(in: 1...2_048, using: &random)).map { _ in
                Int.random(in: 1...300_000, using: &random)
            }
            let shares = ItemShares(tokens)
            let parts = tokens.indices.map { shares.share(of: count, item: $0) }
            #expect(parts.reduce(0, +) == count && parts.allSatisfy { $0 >= 0 })
        }
    }
}
