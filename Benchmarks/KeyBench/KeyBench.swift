import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI

/// How fast AI requests become keys, as a table in Markdown: all of them, or those whose names begin with an argument. Run
/// by Benchmarks/keys.
@main
struct KeyBench {
    /// Long enough that a turn of the machine's other work does not decide.
    private static let nanoseconds: Int64 = 500_000_000

    static func main() {
        print("| request | bytes | read, MB/s | read, µs | read and hashed, MB/s |")
        print("|---|---|---|---|---|")
        let wanted = CommandLine.arguments.dropFirst()
        for sample in Sample.all where wanted.isEmpty || wanted.contains(where: sample.name.hasPrefix) {
            let body = ByteBuffer(string: sample.body)
            let read = speed(body) { canonical(body) }
            let builder = CacheKeyBuilder()
            let hashed = speed(body) {
                builder.begin()
                builder.add(canonical(body).readableBytesView)
                return builder.finish()
            }
            let micros = Double(body.readableBytes) / read
            print("| \(sample.name) | \(body.readableBytes) | \(Int(read)) | \(tenths(micros)) | \(Int(hashed)) |")
        }
    }

    /// What `identify` does with a body.
    private static func canonical(_ body: ByteBuffer) -> ByteBuffer {
        let request = AIRequest.read(
            body,
            endpoint: .chatCompletions,
            fields: FieldSection(),
            settings: PersonaSettings()
        )
        guard let canonical = request.canonical else { preconditionFailure("Cannot measure what is not keyed") }
        return canonical
    }

    /// Megabytes a second, the best of five times: what else the machine does only takes away.
    private static func speed<Result>(_ body: ByteBuffer, _ work: () -> Result) -> Double {
        (0..<5).map { _ in
            let start = NIODeadline.now()
            var rounds = 0
            repeat {
                for _ in 0..<100 { _ = work() }
                rounds += 100
            } while (NIODeadline.now() - start).nanoseconds < nanoseconds / 5
            return Double(rounds * body.readableBytes) * 1000 / Double((NIODeadline.now() - start).nanoseconds)
        }.max() ?? 0
    }

    private static func tenths(_ value: Double) -> String { "\(Double(Int(value * 10)) / 10)" }
}
