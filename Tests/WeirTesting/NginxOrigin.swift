import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A real nginx on a port of its own: TLS with a certificate from a throw-away authority, HTTP/2 and HTTP/1.1.
///
///     try await withNginxOrigin(files: ["a.txt": Array("hello".utf8)]) { origin in
///         … https://localhost:\(origin.port)/a.txt, to be verified with origin.caFile …
///         #expect(origin.accessLog() == ["GET /a.txt HTTP/2.0 200"])
///     }
///
/// Needs `nginx` and `openssl`. Everything it writes lies in one temporary folder, removed at the end.
package final class NginxOrigin: Sendable {
    package let port: Int
    private let folder: URL
    private let server: ChildProgram

    package var url: String { "https://localhost:\(port)" }
    /// PEM file of the authority behind the certificate.
    package var caFile: String { folder.appending(path: "ca.pem").path }
    /// PEM file of an authority that has nothing to do with it.
    package var otherCAFile: String { folder.appending(path: "other.pem").path }

    private init(port: Int, folder: URL, server: ChildProgram) {
        self.port = port
        self.folder = folder
        self.server = server
    }

    /// The requests answered so far, in order: `GET /a.txt HTTP/2.0 200 connection request`, where the last two count
    /// connections, and requests on that connection.
    package func accessLog() throws -> [String] {
        let text = try String(contentsOf: folder.appending(path: "access.log"), encoding: .utf8)
        return text.split(separator: "\n").map(String.init)
    }

    /// Ends it without a word to its connections, as a crash would.
    package func kill() async { await server.kill() }

    // MARK: Starting

    static func start(files: [String: [UInt8]], locations: String, certificateDays: Int) async throws -> NginxOrigin {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-nginx-\(UUID().uuidString)")
        do {
            let root = folder.appending(path: "root")
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            for (name, bytes) in files { try Data(bytes).write(to: root.appending(path: name)) }
            try await certify(in: folder, days: certificateDays)
            // The port was free a moment ago; whoever takes it in between makes nginx give up.
            for _ in 0..<5 {
                let port = try await freeTestPort()
                if let origin = try await start(on: port, folder: folder, locations: locations) { return origin }
            }
            let log = try? String(contentsOf: folder.appending(path: "error.log"), encoding: .utf8)
            throw ChildProgramFailure(description: "nginx does not start: \(log ?? "no log")")
        } catch {
            try? FileManager.default.removeItem(at: folder)
            throw error
        }
    }

    private static func start(on port: Int, folder: URL, locations: String) async throws -> NginxOrigin? {
        let file = folder.appending(path: "nginx.conf")
        try configuration(port: port, folder: folder.path, locations: locations)
            .write(to: file, atomically: true, encoding: .utf8)
        let log = folder.appending(path: "error.log").path
        let server = try ChildProgram("nginx", ["-p", folder.path, "-c", file.path, "-e", log])
        // Another process: it tells nobody when it listens.
        while server.isRunning {
            if let probe = try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port).get()
            {
                try? await probe.close()
                if server.isRunning { return NginxOrigin(port: port, folder: folder, server: server) }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }

    func stop() async {
        await server.kill()
        try? FileManager.default.removeItem(at: folder)
    }

    private static func configuration(port: Int, folder: String, locations: String) -> String {
        """
        daemon off;
        master_process off;
        pid \(folder)/nginx.pid;
        error_log \(folder)/error.log notice;
        events { worker_connections 1024; }
        http {
            log_format calls '$request $status $connection $connection_requests';
            access_log \(folder)/access.log calls;
            client_body_temp_path \(folder)/body;
            proxy_temp_path \(folder)/proxy;
            fastcgi_temp_path \(folder)/fastcgi;
            uwsgi_temp_path \(folder)/uwsgi;
            scgi_temp_path \(folder)/scgi;
            client_max_body_size 0;
            default_type text/plain;
            server {
                listen 127.0.0.1:\(port) ssl http2;
                ssl_certificate \(folder)/cert.pem;
                ssl_certificate_key \(folder)/key.pem;
                root \(folder)/root;
                location = /protocol { return 200 "$server_protocol"; }
                \(locations)
            }
        }
        """
    }

    /// A certificate for `localhost` and 127.0.0.1 with its authority, and a second authority.
    private static func certify(in folder: URL, days: Int) async throws {
        func openssl(_ arguments: String) async throws {
            let words = arguments.split(separator: " ").map { String($0.replacing("@", with: folder.path + "/")) }
            let status = await (try ChildProgram("openssl", words)).wait()
            guard status == 0 else { throw ChildProgramFailure(description: "openssl \(arguments) gave \(status)") }
        }
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        try await openssl("req -x509 \(key) -keyout @ca.key -out @ca.pem -days 2 -subj /CN=weir-test")
        try await openssl("req -x509 \(key) -keyout @other.key -out @other.pem -days 2 -subj /CN=other-test")
        try await openssl("req -new \(key) -keyout @key.pem -out @cert.csr -subj /CN=localhost")
        try "subjectAltName = DNS:localhost, IP:127.0.0.1\n"
            .write(to: folder.appending(path: "names.cnf"), atomically: true, encoding: .utf8)
        try await openssl(
            "x509 -req -in @cert.csr -CA @ca.pem -CAkey @ca.key -CAcreateserial -days \(days) -extfile @names.cnf "
                + "-out @cert.pem"
        )
    }
}

/// Runs a test against an nginx, and cleans up whatever happens.
/// - Parameters:
///   - files: what it serves, by name.
///   - locations: more of its configuration, within the `server` block. `/protocol` answers with the HTTP version.
///   - certificateDays: how long its certificate is good for; one of 0 days has expired.
package nonisolated(nonsending) func withNginxOrigin<Result>(
    files: [String: [UInt8]] = [:],
    locations: String = "",
    certificateDays: Int = 2,
    _ body: nonisolated(nonsending) (NginxOrigin) async throws -> Result
) async throws -> Result {
    let origin = try await NginxOrigin.start(files: files, locations: locations, certificateDays: certificateDays)
    do {
        let result = try await body(origin)
        await origin.stop()
        return result
    } catch {
        await origin.stop()
        throw error
    }
}
