import ArgumentParser

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why a command ends with exit code 1: plain text on standard error, with nothing around it.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// Runs a command's work; a failure is printed and becomes the exit code.
    static func reporting(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let failure as Failure {
            StandardError.write(failure.description)
            throw ExitCode.failure
        }
    }
}

enum StandardError {
    static func write(_ line: String, terminator: String = "\n") {
        let bytes = Array((line + terminator).utf8)
        unsafe bytes.withUnsafeBytes { buffer in
            // The pointer is valid for the call, which reads `count` bytes of it and keeps nothing.
            _ = unsafe Glibc.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
        }
    }
}
