import WeirHTTP
import WeirProxy

extension Section<CompressionSettings> {
    static let compression = Section(
        keys: [
            Key(
                "codings",
                listOf: .coding,
                \.codings,
                "What answers are compressed with. A client gets what it likes best (`Accept-Encoding`), of equals the first "
                    + "here."
            ),
            Key(
                "min_length",
                .size(0...1 << 30),
                \.policy.minimumLength,
                "Shorter bodies are not compressed: it costs more than it saves."
            ),
            Key("gzip_level", .count(GzipEncoder.levels), \.levels.gzip, "1 is fast, 9 small."),
            Key("br_level", .count(BrotliEncoder.levels), \.levels.brotli, "0 is fast, 11 small."),
            Key("zstd_level", .count(ZstdEncoder.levels), \.levels.zstd, "1 is fast, 19 small."),
            Key(
                "pending",
                .count(0...100_000),
                \.pending,
                "Stored answers that may wait to be compressed, each of up to `cache.max_object`; meanwhile they are served "
                    + "as they came."
            ),
        ]
    )
}

extension ValueType<ContentCoding> {
    fileprivate static let coding = ValueType(
        name: "br, zstd, gzip",
        expected: "br, zstd or gzip",
        parse: { text throws(ValueError) in
            let made = ContentCoding.allCases.filter { $0 != .identity }
            if let coding = made.first(where: { "\($0.token)" == text }) { return coding }
            guard let near = Spelling.nearest(to: text, among: made.map { "\($0.token)" }) else { throw .mismatch }
            throw .suggestion(near)
        },
        format: { "\($0.token)" }
    )
}
