import NIOCore
package import NIOSSL

/// Certificates and keys in PEM, made for the tests: P-256, good for nothing else.
package enum TestCertificates {
    /// Vouches for all but the stranger's.
    package static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBljCCATugAwIBAgIUBXxJndwIXxexD5QetroGa6mNw1owCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUVGhyb3ctYXdheSBhdXRob3JpdHkwIBcNMjYxMTIxMTQ0NTU3
        WhgPMjEyNjEwMjgxNDQ1NTdaMB8xHTAbBgNVBAMMFFRocm93LWF3YXkgYXV0aG9y
        aXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEi5tsRAIhZuChtkrhWDKKiRbt
        6ShkPP8A+ovfQ024iaPs2eJh72YIZkVXeb2fq6qEmf3LmPfPvUVMQOPaf5vRtKNT
        MFEwHQYDVR0OBBYEFOvGncFIKgxjyVrCIaB33I6N9N1+MB8GA1UdIwQYMBaAFOvG
        ncFIKgxjyVrCIaB33I6N9N1+MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID
        SQAwRgIhAIqczSHsEDcyjD332JKu56VryiWc4fOfCdIeW0JnGev3AiEAjfqttE7Z
        P0ww6sROUoYBw5CbmSHlrBJqtVeRHYFUn90=
        -----END CERTIFICATE-----

        """
    /// For localhost and 127.0.0.1, valid for a century, as those below.
    package static let server = """
        -----BEGIN CERTIFICATE-----
        MIIBljCCATugAwIBAgIUNiws5wwqOCSWB2hPe+fjO/CoCXowCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUVGhyb3ctYXdheSBhdXRob3JpdHkwIBcNMjYxMTIxMTQ0NTU3
        WhgPMjEyNjEwMjgxNDQ1NTdaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqG
        SM49AgEGCCqGSM49AwEHA0IABHfHF6Hs+Q0Imycu711BcKjCZeqMAq5UZDAnOEJc
        KmjNXwVTr5C4RXOp0hzDFloEZL5MahSp0dVoGqBq9D7+uQqjXjBcMBoGA1UdEQQT
        MBGCCWxvY2FsaG9zdIcEfwAAATAdBgNVHQ4EFgQUztf/Tez6oxhTEKCqvxdEsKC9
        6yswHwYDVR0jBBgwFoAU68adwUgqDGPJWsIhoHfcjo303X4wCgYIKoZIzj0EAwID
        SQAwRgIhAOCV0/DtjRBMmho6tzjNRHmXA+S97nQnS7s0qrCDds3FAiEA3sgNY7pu
        bFIK/miE8tDgyNfwob5EWJmQDbGRF/Bz5Rc=
        -----END CERTIFICATE-----

        """
    package static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgpN1XOnt8X6e1yEMa
        gdoeZElQXGpgSBrF87cw1+tom6ehRANCAAR3xxeh7PkNCJsnLu9dQXCowmXqjAKu
        VGQwJzhCXCpozV8FU6+QuEVzqdIcwxZaBGS+TGoUqdHVaBqgavQ+/rkK
        -----END PRIVATE KEY-----

        """
    /// Another one for the same names.
    package static let other = """
        -----BEGIN CERTIFICATE-----
        MIIBljCCATugAwIBAgIUNiws5wwqOCSWB2hPe+fjO/CoCXswCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUVGhyb3ctYXdheSBhdXRob3JpdHkwIBcNMjYxMTIxMTQ0NTU3
        WhgPMjEyNjEwMjgxNDQ1NTdaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqG
        SM49AgEGCCqGSM49AwEHA0IABCQzpjE9/xmY/3sqvUYA3YAs1L3jEamHXTGWsolk
        e21D/NYtuzRuilG7gwjEvbVnLwdI3jWfkx6LvLZktu+Pp9ijXjBcMBoGA1UdEQQT
        MBGCCWxvY2FsaG9zdIcEfwAAATAdBgNVHQ4EFgQU8ngU9IrlxoYmRRuS2G6wlIgw
        WJYwHwYDVR0jBBgwFoAU68adwUgqDGPJWsIhoHfcjo303X4wCgYIKoZIzj0EAwID
        SQAwRgIhAKxgqKm9LMjW3tzBt8dYryklrYnzHlFCMaPLo8yUZPwfAiEA+Xv0uFkk
        1n3FfLTBoW9CaplL4BVWTdVHd1N/Hj7DRhM=
        -----END CERTIFICATE-----

        """
    package static let otherKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdDHD3fZUGsw/ZGLk
        x1cKEuPBsUjVBj5F+fbu2pc8Z5ehRANCAAQkM6YxPf8ZmP97Kr1GAN2ALNS94xGp
        h10xlrKJZHttQ/zWLbs0bopRu4MIxL21Zy8HSN41n5Mei7y2ZLbvj6fY
        -----END PRIVATE KEY-----

        """
    /// For a client.
    package static let client = """
        -----BEGIN CERTIFICATE-----
        MIIBkTCCATigAwIBAgIUNiws5wwqOCSWB2hPe+fjO/CoCXwwCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUVGhyb3ctYXdheSBhdXRob3JpdHkwIBcNMjYxMTIxMTQ0NTU3
        WhgPMjEyNjEwMjgxNDQ1NTdaMBExDzANBgNVBAMMBmNsaWVudDBZMBMGByqGSM49
        AgEGCCqGSM49AwEHA0IABIWEiG/JRYyaf14D95bhhm4GJ0intfjZY1OQB3Xir1/r
        ls2BBNj3uY61Fr/QWbvBcRSIqMaBzsFWtFJgW7QtqLmjXjBcMBoGA1UdEQQTMBGC
        CWxvY2FsaG9zdIcEfwAAATAdBgNVHQ4EFgQUZegC7lX8baw27RINpf45u68m1w0w
        HwYDVR0jBBgwFoAU68adwUgqDGPJWsIhoHfcjo303X4wCgYIKoZIzj0EAwIDRwAw
        RAIgfiFgsJiQw75ZVPEl8ccug1B0caamD4OGHJmYWfRM8CUCIA7OqxHY7+Nku6iX
        q8QDHXCur96HlgC93yhaA0n7vwyK
        -----END CERTIFICATE-----

        """
    package static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHf4coq2wLRNy8E6m
        2dRJD/eF04+oxAm6PpgYH/1GVWyhRANCAASFhIhvyUWMmn9eA/eW4YZuBidIp7X4
        2WNTkAd14q9f65bNgQTY97mOtRa/0Fm7wXEUiKjGgc7BVrRSYFu0Lai5
        -----END PRIVATE KEY-----

        """
    /// Was valid for a day.
    package static let expired = """
        -----BEGIN CERTIFICATE-----
        MIIBkjCCATmgAwIBAgIUNiws5wwqOCSWB2hPe+fjO/CoCX0wCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUVGhyb3ctYXdheSBhdXRob3JpdHkwHhcNMjYxMTIxMTQ0NTU3
        WhcNMjYxMTIwMTQ0NTU3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjO
        PQIBBggqhkjOPQMBBwNCAARVHF0MOwMhcp8rIYbmm46dYa+OeKGawLCfvv2662+d
        wa2Yd+E3b2T8n20Cva0rucwY0ehIwVbXJR/zVHFrd7TQo14wXDAaBgNVHREEEzAR
        gglsb2NhbGhvc3SHBH8AAAEwHQYDVR0OBBYEFFTqrfvnfsIDW8O51iad60Jc2gxd
        MB8GA1UdIwQYMBaAFOvGncFIKgxjyVrCIaB33I6N9N1+MAoGCCqGSM49BAMCA0cA
        MEQCIA5NaIOLpdwf8zVDbQ7eEc1G6Rrn3SVfuzXDQN5EhxnqAiBjbewt9BQizSc6
        4snZ4Hvh9L68FXR6GJ5WGmFRfAARLQ==
        -----END CERTIFICATE-----

        """
    package static let expiredKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgE25naAWYXhgztKuh
        jwahiBkAyrQgmIsqjuyNBrVB8OihRANCAARVHF0MOwMhcp8rIYbmm46dYa+OeKGa
        wLCfvv2662+dwa2Yd+E3b2T8n20Cva0rucwY0ehIwVbXJR/zVHFrd7TQ
        -----END PRIVATE KEY-----

        """
    /// By nobody but itself.
    package static let stranger = """
        -----BEGIN CERTIFICATE-----
        MIIBfTCCASOgAwIBAgIUdKsXsCuUYagQVCtHMb/pVEKMnPYwCgYIKoZIzj0EAwIw
        EzERMA8GA1UEAwwIc3RyYW5nZXIwIBcNMjYxMTIxMTQ0NTU3WhgPMjEyNjEwMjgx
        NDQ1NTdaMBMxETAPBgNVBAMMCHN0cmFuZ2VyMFkwEwYHKoZIzj0CAQYIKoZIzj0D
        AQcDQgAEvJ7tdw2/QMafchrFehUjDdeC3q6dIxOzd42I5Cx+Ys2rHMjkaD6nqIN+
        zNXuWAPkRH6sdMlyfFdaGBTzTC/D8aNTMFEwHQYDVR0OBBYEFBAcAcAsWZj2ME1n
        SxHKs2R38pFLMB8GA1UdIwQYMBaAFBAcAcAsWZj2ME1nSxHKs2R38pFLMA8GA1Ud
        EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgX17Wd6xHNarUXAK+x4iFAFe3
        qJAzS1oWGAju2kMONqQCIQDGNtNLWNlmJxsmVK3TQicWU4BWksXKm4+CvmLF+Tbk
        VA==
        -----END CERTIFICATE-----

        """
    package static let strangerKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgzJSmmA9Vp6yCBeID
        T3EF/by4ik4rVHUI8NtxYK5EdT6hRANCAAS8nu13Db9Axp9yGsV6FSMN14Lerp0j
        E7N3jYjkLH5izascyORoPqeog37M1e5YA+REfqx0yXJ8V1oYFPNML8Px
        -----END PRIVATE KEY-----

        """
    /// The server's, behind the password `x`.
    package static let encryptedKey = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAisScIDEIPVSgICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEDlAMiGtLA9FofdcY4zQwu4EgZCu
        ZxnuXO6FS7oN0Qip9I7oA+4P/1u9vFjcJgARtlqzOZPXh0K8qDRzqSHI5p+6QPdm
        zWkJZMwkCNToofysc5nciEdIwDGYYWFfjhPXA6pjq3ph9k52R7Xe67NrZ66BcCkV
        CH+GGIEYxRMcOfk9Odd3WW8D23UsNrRuyfoXb7PnRZhrXSa9WBj1vhHAurHeYkg=
        -----END ENCRYPTED PRIVATE KEY-----

        """
}

extension TestCertificates {
    /// What a server goes by that shows this certificate.
    package static func serverContext(_ certificate: String = server, key: String = serverKey) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))
        )
        configuration.applicationProtocols = ["http/1.1"]
        configuration.shutdownTimeout = .milliseconds(10)
        return try NIOSSLContext(configuration: configuration)
    }

    /// What a client goes by that trusts the authority above.
    /// - Parameters:
    ///   - identity: the certificate and key that it shows.
    ///   - protocols: what it offers by ALPN.
    package static func clientContext(
        identity: (certificate: String, key: String)? = nil,
        protocols: [String] = []
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8)))
        configuration.applicationProtocols = protocols
        // A client that half-closes does not see the server's good-bye as the end of its own.
        configuration.shutdownTimeout = .milliseconds(10)
        if let identity {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(identity.certificate.utf8))
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(identity.key.utf8), format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
