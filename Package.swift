// swift-tools-version: 6.2
import PackageDescription

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioHTTP2: Target.Dependency = .product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHPACK: Target.Dependency = .product(name: "NIOHPACK", package: "swift-nio-http2")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

let package = Package(
    name: "weir",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "weir", targets: ["weir"]),
        .executable(name: "weir-demo", targets: ["weir-demo"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // The system's C libraries, found through pkg-config.
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CBrotli", pkgConfig: "libbrotlienc", providers: [.apt(["libbrotli-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CHiredis", pkgConfig: "hiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        // The kernel's own header.
        .systemLibrary(name: "CSocketFilter"),

        // The rooms, each importing only rooms above it.
        .target(name: "WeirHTTP", dependencies: ["CZlib", "CBrotli", "CZstd", nioCore]),
        .target(name: "WeirCache", dependencies: ["WeirHTTP", "COpenSSL", nioCore]),
        .target(name: "WeirOpenAI", dependencies: ["WeirHTTP", "COpenSSL", nioCore]),
        .target(
            name: "WeirUpstream",
            dependencies: ["WeirHTTP", "CCurl", "COpenSSL", nioCore, nioPosix, nioTLS, nioSSL, logging]
        ),
        .target(
            name: "WeirRedis",
            dependencies: ["WeirUpstream", "CHiredis", "COpenSSL", nioCore, nioPosix, nioTLS, nioSSL, logging]
        ),
        .target(
            name: "WeirTier",
            dependencies: ["WeirHTTP", "WeirCache", "WeirRedis", nioCore, nioPosix, logging]
        ),
        .target(name: "WeirLedger", dependencies: ["WeirOpenAI"]),
        .target(
            name: "WeirProxy",
            dependencies: [
                "WeirHTTP", "WeirCache", "WeirOpenAI", "WeirUpstream", "WeirTier", "WeirLedger", "CSocketFilter",
                nioCore, nioPosix, nioTLS, nioSSL, nioHTTP2, nioHPACK, logging,
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]
        ),
        .target(
            name: "WeirAdmin",
            dependencies: [
                "WeirHTTP", "WeirCache", "WeirOpenAI", "WeirUpstream", "WeirRedis", "WeirTier", "WeirLedger",
                "WeirProxy",
                nioCore, logging,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]
        ),
        .target(
            name: "WeirConfig",
            dependencies: [
                "WeirHTTP", "WeirCache", "WeirOpenAI", "WeirUpstream", "WeirLedger", "WeirRedis", "WeirTier",
                "WeirProxy", "WeirAdmin", nioCore,
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        .executableTarget(
            name: "weir",
            dependencies: [
                "WeirHTTP", "WeirUpstream", "WeirProxy", "WeirAdmin", "WeirConfig", nioCore, nioPosix, logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),

        // A stand-in app backend and OpenAI API, for newcomers, tests and benchmarks.
        .executableTarget(
            name: "weir-demo",
            dependencies: [
                "COpenSSL", logging,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),

        // Scripted peers, a manual clock and builders, for the tests alone.
        .target(
            name: "WeirTesting",
            dependencies: ["WeirHTTP", nioCore, nioPosix, nioSSL],
            path: "Tests/WeirTesting"
        ),
        // Seeded numbers and keys drawn by Zipf's law, for tests and benchmarks.
        .target(name: "WeirTraces", path: "Tests/WeirTraces"),
        // Hostile and odd messages with what becomes of each, for several rooms' tests and for fuzzing.
        .target(name: "WeirCorpus", dependencies: ["WeirHTTP", nioCore], path: "Tests/WeirCorpus"),
        // What has to hold for any input: for fuzzing, and for the tests of what it found.
        .target(
            name: "WeirFuzzing",
            dependencies: ["WeirCorpus", "WeirHTTP", "WeirCache", "WeirOpenAI", "WeirRedis", nioCore],
            path: "Tests/WeirFuzzing"
        ),
        .testTarget(name: "WeirFuzzingTests", dependencies: ["WeirFuzzing"]),
        .systemLibrary(
            name: "CBrotliDecoder",
            path: "Tests/CBrotliDecoder",
            pkgConfig: "libbrotlidec",
            providers: [.apt(["libbrotli-dev"])]
        ),
        .testTarget(
            name: "WeirHTTPTests",
            dependencies: ["WeirHTTP", "WeirCorpus", "WeirTesting", "WeirTraces", "CBrotliDecoder", "CZstd", nioCore]
        ),
        .testTarget(
            name: "WeirCacheTests",
            dependencies: ["WeirCache", "WeirHTTP", "WeirTesting", "WeirTraces", nioCore, nioPosix]
        ),
        .testTarget(
            name: "WeirOpenAITests",
            dependencies: ["WeirOpenAI", "WeirHTTP", "WeirTesting", "WeirTraces", nioCore]
        ),
        .testTarget(
            name: "WeirUpstreamTests",
            dependencies: [
                "WeirUpstream", "WeirHTTP", "WeirCorpus", "WeirTesting", nioCore, nioPosix, nioEmbedded, nioSSL,
            ]
        ),
        .testTarget(
            name: "WeirRedisTests",
            dependencies: ["WeirRedis", "WeirUpstream", "WeirTesting", "CHiredis", nioCore, nioPosix, logging]
        ),
        .testTarget(
            name: "WeirTierTests",
            dependencies: ["WeirTier", "WeirRedis", "WeirCache", "WeirHTTP", "WeirTesting", nioCore, nioPosix, logging]
        ),
        .testTarget(name: "WeirLedgerTests", dependencies: ["WeirLedger", "WeirOpenAI"]),
        .testTarget(
            name: "WeirProxyTests",
            dependencies: [
                "WeirProxy", "WeirHTTP", "WeirCache", "WeirOpenAI", "WeirUpstream", "WeirRedis", "WeirTier",
                "WeirLedger",
                "WeirCorpus", "WeirTesting", nioCore, nioPosix, nioEmbedded, nioSSL, nioHTTP2, nioHPACK, logging,
            ]
        ),
        .testTarget(
            name: "WeirAdminTests",
            dependencies: [
                "WeirAdmin", "WeirProxy", "WeirLedger", "WeirCache", "WeirOpenAI", "WeirUpstream", "WeirRedis",
                "WeirTier",
                "WeirHTTP", "WeirTesting", nioCore, nioPosix, logging,
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "WeirConfigTests",
            dependencies: [
                "WeirConfig", "WeirAdmin", "WeirProxy", "WeirCache", "WeirLedger", "WeirOpenAI", "WeirUpstream",
                "WeirRedis", "WeirTier", "WeirHTTP", "WeirTesting", nioCore,
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)

/// Set by scripts/fuzz, which builds into a place of its own: the rooms that read what others write, with libFuzzer's
/// instrumentation and AddressSanitizer, and the program that runs them.
let isFuzzing = Context.environment["WEIR_FUZZ"] == "1"
let fuzzed: Set<String> = ["WeirHTTP", "WeirCache", "WeirOpenAI", "WeirRedis", "weir-fuzz"]

if isFuzzing {
    package.targets.append(
        .executableTarget(
            name: "weir-fuzz",
            dependencies: ["WeirFuzzing"],
            path: "Tests/Fuzz/Driver",
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]
        )
    )
}

/// Set by Benchmarks/cache and keys, which build into a place of their own: what an ordinary build need not.
if Context.environment["WEIR_BENCH"] == "1" {
    package.targets += [
        .systemLibrary(name: "CMalloc", path: "Benchmarks/CMalloc"),
        .executableTarget(
            name: "weir-cache-bench",
            dependencies: ["CMalloc", "WeirCache", "WeirHTTP", "WeirTraces", nioCore],
            path: "Benchmarks/CacheBench"
        ),
        .executableTarget(
            name: "weir-key-bench",
            dependencies: ["WeirCache", "WeirHTTP", "WeirOpenAI", nioCore],
            path: "Benchmarks/KeyBench"
        ),
    ]
}

/// CI sets this; a user's newer compiler may warn where ours does not.
let warningsAreErrors = Context.environment["WEIR_WARNINGS_AS_ERRORS"] == "1"

for target in package.targets where target.type != .system {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .strictMemorySafety(),
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
        ] + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])
        + (isFuzzing && fuzzed.contains(target.name) ? [.unsafeFlags(["-sanitize=fuzzer,address"])] : [])
}
