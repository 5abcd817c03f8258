import Testing
import WeirHTTP

@Suite("What ends a stored response without being stored")
struct SupersessionTests {
    @Test(
        "RFC 9111 §4.3.3: a full answer of the resource does, whatever keeps it out",
        arguments: [200, 203, 204, 301, 302, 308, 404, 410, 451] as [UInt16]
    )
    func ends(status: UInt16) {
        let reasons: [NoStoreReason?] = [
            .status, .noStore, .private, .setCookie, .varyStar, .noCache, .noFreshness, nil,
        ]
        for reason in reasons { #expect(Supersession.ends(status: status, refusedFor: reason)) }
        let ofRequest: [NoStoreReason] = [.authorization, .requestNoStore, .partial, .method]
        for reason in ofRequest { #expect(!Supersession.ends(status: status, refusedFor: reason)) }
    }

    @Test(
        "RFC 9110 §15: a status of one request, or of a failure, does not",
        arguments: [
            100, 103, 304, 400, 401, 403, 405, 406, 407, 408, 412, 413, 414, 416, 417, 421, 429, 431, 500, 501, 503,
            599, 600,
        ] as [UInt16]
    )
    func leaves(status: UInt16) {
        #expect(!Supersession.ends(status: status, refusedFor: .status))
        #expect(!Supersession.ends(status: status, refusedFor: nil))
    }
}
