import NIOCore
import WeirHTTP
import WeirOpenAI

extension FuzzTarget {
    private static let streaming: [APIEndpoint] = [.chatCompletions, .completions, .responses, .embeddings]

    private static func seeds(_ texts: [(UInt8, String)]) -> [[UInt8]] { texts.map { [$0] + Array($1.utf8) } }

    /// An event stream. The first byte says of which endpoint.
    static let events = FuzzTarget("events") {
        seeds(AnswerSeeds.streams)
    } property: { (input) throws(Violation) in
        guard let flag = input.first else { return }
        let endpoint = streaming[Int(flag & 3)]
        let stream = Array(input.dropFirst())
        let whole = EventReading([stream[...]], endpoint: endpoint)
        for way in Pieces.ways(stream) {
            try requireEqual(EventReading(way, endpoint: endpoint), whole, "a stream in pieces")
        }
        let again = EventReading([whole.stripped[...]], endpoint: endpoint)
        try requireEqual(again.stripped.buffer.text, whole.stripped.buffer.text, "what is stripped, stripped")
        try require(whole.stripped.count <= stream.count, "stripping adds bytes")
        try checkAssembly(stream.buffer, endpoint)
    }

    private static func checkAssembly(_ stream: ByteBuffer, _ endpoint: APIEndpoint) throws(Violation) {
        guard let body = StreamAssembler.assemble(stream, endpoint: endpoint) else { return }
        // A name that stands twice in a part that is copied as it is stands there twice still.
        let read = request(with: body)
        try require([nil, .repeatedMember].contains(read.bypass), "no JSON is assembled: \(body.text)")
        guard let replayed = StreamReplayer.replay(body, endpoint: endpoint, includeUsage: true) else { return }
        guard let again = StreamAssembler.assemble(replayed, endpoint: endpoint) else {
            throw Violation("what was replayed is not assembled: \(body.text)\n\(replayed.text)")
        }
        try requireEqual(canonical(again), canonical(body), "assembled, replayed and assembled")
    }

    /// An answer that was not streamed. The first byte says of which endpoint.
    static let replay = FuzzTarget("replay") {
        seeds(AnswerSeeds.bodies)
    } property: { (input) throws(Violation) in
        guard let flag = input.first else { return }
        let endpoint = streaming[Int(flag & 3)]
        let body = Array(input.dropFirst()).buffer
        guard
            AnswerInspector.read(body, endpoint: endpoint, allowedFinishReasons: ["stop", "length"]).verdict
                == .storable
        else { return }
        for includeUsage in [true, false] {
            guard let stream = StreamReplayer.replay(body, endpoint: endpoint, includeUsage: includeUsage) else {
                continue
            }
            var recorder = StreamRecorder(endpoint: endpoint)
            recorder.feed(stream)
            let verdict = recorder.reading(allowedFinishReasons: ["stop", "length"]).verdict
            try requireEqual("\(verdict)", "\(AnswerVerdict.storable)", "the verdict on \(stream.text)")
            guard includeUsage, let back = StreamAssembler.assemble(stream, endpoint: endpoint) else { continue }
            let twice = StreamReplayer.replay(back, endpoint: endpoint, includeUsage: true)
            guard let again = twice.flatMap({ StreamAssembler.assemble($0, endpoint: endpoint) }) else {
                throw Violation("what was assembled is not replayed: \(back.text)")
            }
            try requireEqual(canonical(again), canonical(back), "replayed twice")
        }
    }

    /// Nil where a name is repeated.
    private static func canonical(_ body: ByteBuffer) -> String? { request(with: body).canonical?.text }

    /// A request whose input is the answer: what is read of it is any JSON.
    private static func request(with body: ByteBuffer) -> AIRequest {
        let text = Array("{\"input\":".utf8) + Array(body.readableBytesView) + Array("}".utf8)
        return AIRequest.read(text.buffer, endpoint: .embeddings, fields: [:], settings: PersonaSettings())
    }

    /// A gzip body, of which nothing is known but its bytes.
    static let gzip = FuzzTarget("gzip") {
        ["", "hello", String(repeating: "abc", count: 5_000)].flatMap { text -> [[UInt8]] in
            let encoder = GzipEncoder(expectedLength: nil)
            var coded = encoder.encode(ByteBuffer(string: text))
            var end = encoder.finish()
            coded.writeBuffer(&end)
            let bytes = Array(coded.readableBytesView)
            return [bytes, bytes + bytes, Array(bytes.dropLast(3))]
        }
    } property: { (input) throws(Violation) in
        let whole = decoded([input[...]])
        try requireEqual(decoded(Pieces.scattered(input)), whole, "gzip in pieces")
        try require(whole.map { $0.count <= 1 << 20 } ?? true, "more than is allowed")
    }

    /// Nil where it is not gzip, or too much.
    private static func decoded(_ pieces: [ArraySlice<UInt8>]) -> [UInt8]? {
        let decoder = GzipDecoder(maximumOutput: 1 << 20)
        var output: [UInt8] = []
        do throws(GzipError) {
            for piece in pieces { output += try decoder.decode(ByteBuffer(bytes: piece)).readableBytesView }
            try decoder.finish()
        } catch {
            return nil
        }
        return output
    }
}
