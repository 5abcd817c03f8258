import WeirFuzzing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// libFuzzer's own main function, which calls back for each input.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ argumentCount: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// What is fuzzed by this process. Set once, before the first input.
nonisolated(unsafe) private var target: FuzzTarget?

/// `weir-fuzz list`, `weir-fuzz seeds TARGET FOLDER`, `weir-fuzz TARGET [libFuzzer's options and corpora]`.
@main
struct Driver {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 1 else { exit(2) }
        switch arguments[1] {
        case "list":
            for target in FuzzTarget.all { print(target.name) }
        case "seeds" where arguments.count == 4:
            try writeSeeds(of: named(arguments[2]), into: arguments[3])
        case let name:
            fuzz(named(name))
        }
    }

    private static func named(_ name: String) -> FuzzTarget {
        guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
            print("weir-fuzz: there is no target '\(name)'")
            exit(2)
        }
        return target
    }

    private static func writeSeeds(of target: FuzzTarget, into folder: String) throws {
        for (index, seed) in target.seeds().enumerated() {
            guard let file = unsafe fopen("\(folder)/seed-\(index)", "wb") else { exit(1) }
            _ = unsafe seed.withUnsafeBytes { unsafe fwrite($0.baseAddress, 1, $0.count, file) }
            unsafe fclose(file)
        }
    }

    private static func fuzz(_ chosen: FuzzTarget) {
        unsafe target = chosen
        // The target's name takes the place of the program's, which libFuzzer passes over.
        var count = CommandLine.argc - 1
        var arguments = unsafe CommandLine.unsafeArgv + 1
        let status = unsafe runFuzzer(&count, &arguments) { bytes, count in
            let input = unsafe UnsafeBufferPointer(start: bytes, count: count)
            do {
                try unsafe target?.check(Array(input))
            } catch {
                fatalError("\(error)")
            }
            return 0
        }
        exit(status)
    }
}
