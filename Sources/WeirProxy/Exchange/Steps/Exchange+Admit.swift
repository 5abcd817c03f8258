import NIOCore
import WeirHTTP

extension Exchange {
    private static let viaName = "weir"

    func admit() -> Step {
        switch head.method {
        case .connect, .trace: return .refuse(.methodRefused)
        case .options where head.target.form == .asterisk: return answerOptions()
        case .get, .head, .post, .put, .patch, .delete, .options, .other: break
        }
        return isLooping ? .refuse(.loop) : .route
    }

    /// Two Weirs in a row are a chain; a third sight of the name is a loop (RFC 9110 §7.6.3).
    private var isLooping: Bool {
        guard head.fields.contains(.via) else { return false }
        let own = head.fields.listMembers(.via).filter { member in
            member.split(separator: ASCII.space).dropFirst().first.map { $0.elementsEqual(Self.viaName.utf8) } ?? false
        }
        return own.count > 1
    }

    /// `OPTIONS *` is about the proxy itself (RFC 9110 §9.3.7).
    private func answerOptions() -> Step {
        startResponse(
            ResponseHead(status: 204, fields: ["Allow": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"]),
            mayDecode: false
        )
        endResponse()
        return .wait
    }
}
