import Foundation

/// A PEM file of certificate authorities.
enum CertificateFile {
    enum Failure: Error, Equatable {
        case unreadable(String)
        case notPEM(String)

        var message: String {
            switch self {
            case .unreadable(let path): "cannot read the file \(Node.quote(path))"
            case .notPEM(let path): "the file \(Node.quote(path)) holds no PEM certificate"
            }
        }
    }

    /// Bytes of a file; the system's whole trust store is a fifth of that.
    private static let maximumSize = 1 << 20

    /// - Parameter configuration: the file that names it; a relative path starts in its folder.
    /// - Returns: the path from the working folder or the root.
    static func check(_ path: String, besides configuration: String) -> Result<String, Failure> {
        let whole = FilePath.whole(path, besides: configuration)
        let content: Data?
        do {
            content = try FileHandle(forReadingFrom: URL(filePath: whole)).read(upToCount: maximumSize)
        } catch {
            return .failure(.unreadable(whole))
        }
        guard String(decoding: content ?? Data(), as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") else {
            return .failure(.notPEM(whole))
        }
        return .success(whole)
    }
}

extension Key {
    /// `ca_file`: authorities to trust instead of the system's, looked at when the configuration is read.
    static func authorities(_ path: any WritableKeyPath<Root, String?> & Sendable, _ summary: String) -> Key {
        Key(
            name: "ca_file",
            outline: { _ in Outline(name: "ca_file", type: "file", fallback: "the system's", summary: summary) },
            read: { node, root, reading in
                guard let file = reading.value(of: node, .file) else { return }
                switch CertificateFile.check(file, besides: reading.file) {
                case .success(let whole): root[keyPath: path] = whole
                case .failure(let failure): reading.report(failure.message, at: node.place)
                }
            }
        )
    }
}
