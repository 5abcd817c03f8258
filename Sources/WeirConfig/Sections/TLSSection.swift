import WeirProxy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `tls:` of a listener while it is read.
struct TLSDraft: Sendable {
    var settings = TLSSettings(certificate: "", key: "")
    /// Where each file is named.
    var places: [TLSFileError.File: Place] = [:]
    var clientCertificatesPlace: Place?

    /// What only the files themselves can tell, once all that is needed is named.
    func check(_ reading: inout Reading) {
        if let place = clientCertificatesPlace, settings.clientCA == nil {
            reading.report("'client_certificates' needs a 'client_ca'", at: place)
        }
        guard let place = places[.certificate], places[.key] != nil else { return }
        do throws(TLSFileError) {
            let identity = try TLSIdentity.load(settings)
            let now = Int64(Date().timeIntervalSince1970)
            if now > identity.notAfter {
                reading.warn("the certificate in '\(settings.certificate)' has expired", at: place)
            } else if now < identity.notBefore {
                reading.warn("the certificate in '\(settings.certificate)' is not valid yet", at: place)
            }
        } catch {
            reading.report(error.description, at: places[error.file] ?? place)
        }
    }
}

extension Section<TLSDraft> {
    static let tls = Section(keys: [
        .file(
            .certificate,
            \.settings.certificate,
            "A PEM file of Weir's certificate and those that lead from it to an authority, in this order."
        ),
        .file(.key, \.settings.key, "A PEM file of its private key, not encrypted."),
        .clientCA,
        .clientCertificates,
        Key("min_version", .choice(of: TLSSettings.Version.self), \.settings.minimumVersion, "The oldest TLS spoken."),
    ])
}

extension Key<TLSDraft> {
    fileprivate static func file(
        _ file: TLSFileError.File,
        _ path: any WritableKeyPath<TLSDraft, String> & Sendable,
        _ summary: String
    ) -> Key {
        Key(
            name: file.rawValue,
            isRequired: true,
            outline: { _ in Outline(name: file.rawValue, type: "file", fallback: "required", summary: summary) },
            read: { node, draft, reading in
                guard let value = reading.value(of: node, .file) else { return }
                draft[keyPath: path] = FilePath.whole(value, besides: reading.file)
                draft.places[file] = node.place
            }
        )
    }

    fileprivate static let clientCA = Key(
        name: TLSFileError.File.clientCA.rawValue,
        outline: { _ in
            Outline(
                name: TLSFileError.File.clientCA.rawValue,
                type: "file",
                fallback: "none",
                summary: "A PEM file of the authorities whose certificates clients show. Without it none are asked for."
            )
        },
        read: { node, draft, reading in
            guard let value = reading.value(of: node, .file) else { return }
            draft.settings.clientCA = FilePath.whole(value, besides: reading.file)
            draft.places[.clientCA] = node.place
        }
    )

    fileprivate static let clientCertificates: Key = {
        let key = Key(
            "client_certificates",
            .choice(of: TLSSettings.ClientCertificates.self),
            \.settings.clientCertificates,
            "With `client_ca`: whether a client must show one (`require`), or may (`optional`). A bad one never passes."
        )
        return Key(name: key.name, outline: key.outline) { node, draft, reading in
            draft.clientCertificatesPlace = node.place
            key.read(node, &draft, &reading)
        }
    }()
}
