/// What a token's signature is held against.
package enum TokenKey: Sendable, Equatable {
    case secret(TokenSecret)
    case publicKey(PublicKey)

    var algorithm: TokenAlgorithm {
        switch self {
        case .secret: .hs256
        case .publicKey(let key): key.algorithm
        }
    }

    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        switch self {
        case .secret(let secret): secret.verifies(signature, of: message)
        case .publicKey(let key): key.verifies(signature, of: message)
        }
    }
}
