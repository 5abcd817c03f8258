import NIOCore
import WeirHTTP
import WeirUpstream

extension CallPriority {
    /// What a request asks for in `X-Weir-Priority`; the default where it does not, or in words of its own.
    init(_ fields: FieldSection) {
        let asked = fields.first(.xWeirPriority)
        self =
            CallPriority.allCases.first { priority in
                asked.map { ASCII.equalIgnoringCase($0, priority.name.utf8) } ?? false
            } ?? .standard
    }
}
