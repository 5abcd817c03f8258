import WeirHTTP
import WeirProxy

extension Section<ConnectionLimits> {
    static let limits = Section(
        keys: [
            Key(
                "connections",
                .count(1...1_000_000),
                \.connections,
                "Client connections at once; one more gets a 503."
            ),
            Key(
                "streams",
                .count(1...10_000),
                \.streams,
                "Requests at once on one HTTP/2 connection."
            ),
            Key(
                "target",
                .size(256...1 << 20),
                \.head.target,
                "The longest request target (path and query); a longer one gets a 414."
            ),
            Key(
                "head",
                .size(1 << 10...1 << 20),
                \.head.head,
                "The largest head of a message, its first line included; a larger one gets a 431."
            ),
            Key("fields", .count(8...10_000), \.head.fields, "The most header fields of a message; more get a 431."),
            Key(
                "chunk_extension",
                .size(0...64 << 10),
                \.head.chunkExtension,
                "The longest extension of one chunk of a chunked body."
            ),
            Key(
                "tls_handshake",
                .duration(),
                \.tlsHandshake,
                "How long a client may take from connecting to the end of its TLS handshake."
            ),
            Key(
                "head_time",
                .duration(),
                \.headTime,
                "How long a client may take from a head's first byte to its last."
            ),
            Key(
                "body_idle",
                .duration(),
                \.bodyIdle,
                "How long a client may send nothing of a body that it has begun."
            ),
            Key("write_idle", .duration(), \.writeIdle, "How long a client may take in nothing of its response."),
            Key("keep_alive", .duration(), \.keepAlive, "How long a connection may wait for its next request."),
        ],
        later: ["connections_per_address"]
    )
}
