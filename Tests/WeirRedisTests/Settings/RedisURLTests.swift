import Testing

@testable import WeirRedis

@Suite("Redis URLs")
struct RedisURLTests {
    @Test(
        "are read",
        arguments: [
            ("redis://localhost", RedisSettings(host: "localhost")),
            ("redis://localhost/", RedisSettings(host: "localhost")),
            ("REDIS://localhost:6380/15", RedisSettings(host: "localhost", port: 6380, database: 15)),
            ("rediss://cache.example.org:6390", RedisSettings(host: "cache.example.org", port: 6390, isSecure: true)),
            ("redis://:secret@h", RedisSettings(host: "h", password: "secret")),
            (
                "redis://weir:s%3A%40%2f%25@h/1",
                RedisSettings(host: "h", username: "weir", password: "s:@/%", database: 1)
            ),
            ("redis://weir:a:b@c@h", RedisSettings(host: "h", username: "weir", password: "a:b@c")),
            ("redis://:@h", RedisSettings(host: "h")),
            ("redis://[::1]:7000/2", RedisSettings(host: "::1", port: 7000, database: 2)),
            ("redis://[2001:db8::1]", RedisSettings(host: "2001:db8::1")),
        ]
    )
    func read(url: String, expected: RedisSettings) throws {
        #expect(try RedisSettings.parse(url: url) == expected)
    }

    @Test(
        "are refused with the reason",
        arguments: [
            ("localhost:6379", RedisURLError.scheme), ("http://localhost", .scheme),
            ("unix:///tmp/redis.sock", .scheme),
            ("redis://secret@h", .userWithoutPassword), ("redis://weir:@h", .userWithoutPassword),
            ("redis://:se%c@h", .percentEncoding), ("redis://:%FF@h", .percentEncoding),
            ("redis://", .host), ("redis://:6379", .host), ("redis://::1", .host), ("redis://[::1", .host),
            ("redis://[h]", .host), ("redis://[::1]x", .host), ("redis://a b", .host),
            ("redis://h:", .port("")), ("redis://h:0", .port("0")), ("redis://h:65536", .port("65536")),
            ("redis://h:6e3", .port("6e3")), ("redis://h:+1", .port("+1")),
            ("redis://h/x", .database("x")), ("redis://h/-1", .database("-1")), ("redis://h/1/2", .database("1/2")),
            ("redis://h/0?timeout=1", .extra), ("redis://h#0", .extra),
        ]
    )
    func refused(url: String, expected: RedisURLError) {
        #expect(throws: expected) { try RedisSettings.parse(url: url) }
    }

    @Test(
        "never show a password in what is said about them",
        arguments: [
            "redis://:hunter2@", "redis://u:hunter2@h:x", "redis://hunter2@h", "redis://:hunter2%@h", "x://:hunter2@h",
        ]
    )
    func secret(url: String) {
        let error = #expect(throws: RedisURLError.self) { try RedisSettings.parse(url: url) }
        #expect(error?.description.contains("hunter2") == false)
    }
}

extension RedisSettings {
    fileprivate init(
        host: String,
        port: Int = 6379,
        username: String? = nil,
        password: String? = nil,
        database: Int = 0,
        isSecure: Bool = false
    ) {
        self.init(
            place: .single(RedisEndpoint(host: host, port: port)),
            username: username,
            password: password,
            database: database,
            isSecure: isSecure
        )
    }
}
