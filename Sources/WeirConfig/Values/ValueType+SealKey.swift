import WeirCache

extension ValueType<SealKey> {
    /// 32 bytes in base64 or hexadecimal, not shown in errors.
    static let sealKey = ValueType(
        name: "string",
        measure: "32 bytes in base64 or hexadecimal",
        expected: "32 bytes in base64 or hexadecimal, such as 'openssl rand -base64 32' gives",
        isSecret: true,
        parse: { text throws(ValueError) in
            guard let key = SealKey(text) else { throw .mismatch }
            return key
        },
        format: { $0.description }
    )
}
