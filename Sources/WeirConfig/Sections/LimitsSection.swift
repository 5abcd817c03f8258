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
                "connections_per_address",
                .count(1...1_000_000),
                \.connectionsPerAddress,
                "Client connections at once from one address, or from one IPv6 network of 64 bits; one more gets a 503."
            ),
            Key(
                "refusals",
                .count(1...100_000),
                \.refusals,
                "Refused connections at once that get their 503 in peace; more are closed without a word."
            ),
            Key(
                "requests_per_connection",
                .count(1...1_000_000_000),
                \.requestsPerConnection,
                "Requests on one connection; the answer to the last one closes it."
            ),
            Key(
                "streams",
                .count(1...10_000),
                \.streams,
                "Requests at once on one HTTP/2 connection."
            ),
            Key(
                "memory",
                .size(1 << 20...1 << 40),
                \.memory,
                "What request bodies that are keys or wait for an upstream, and answers under way for many, may take "
                    + "together; what would need more gets a 503."
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
                "How long a client may send nothing of a body that it has begun, or less of it than `body_rate`."
            ),
            Key(
                "body_rate",
                .size(0...1 << 30),
                \.bodyRate,
                "The least of a body that a client has to send in a second; 0B: anything within `body_idle`."
            ),
            Key(
                "write_idle",
                .duration(),
                \.writeIdle,
                "How long a client may take in nothing of its response, or less of it than `write_rate`."
            ),
            Key(
                "write_rate",
                .size(0...1 << 30),
                \.writeRate,
                "The least of a response that a client has to take in a second; 0B: anything within `write_idle`."
            ),
            Key("keep_alive", .duration(), \.keepAlive, "How long a connection may wait for its next request."),
            Key(
                "tunnel_idle",
                .duration(),
                \.tunnelIdle,
                "How long a connection that has switched to another protocol (WebSocket) may be silent both ways."
            ),
        ]
    )
}
