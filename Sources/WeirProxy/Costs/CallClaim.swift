import NIOCore
import WeirLedger
import WeirOpenAI

/// Who has an upstream call to the AI API made, and what it may use.
struct CallClaim {
    var payer = AllowanceClaim.Payer.client
    var user: String?
    var persona: Persona
    /// ``TenantFields/credential``.
    var credential: UInt64?
    /// As the request names it; nil where nobody has read that.
    var model: String?
    var endpoint: APIEndpoint
    /// nil where the body was not read.
    var body: ByteBuffer?
    /// Of the body, as far as that is known.
    var length: Int

    /// Reads the body once more, so it is asked for where it is of use.
    var estimate: RequestEstimate {
        body.flatMap { RequestEstimate.read($0, endpoint: endpoint) } ?? RequestEstimate(unreadBytes: length)
    }

    func allowance(_ estimate: RequestEstimate, prices: PriceTable) -> AllowanceClaim {
        AllowanceClaim(
            payer: payer,
            user: user,
            credential: credential,
            tokens: estimate.total,
            cost: model.flatMap { prices.cost(of: estimate.usage, model: $0) }
        )
    }
}
