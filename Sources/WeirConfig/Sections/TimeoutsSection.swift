import WeirUpstream

extension Section<UpstreamTimeouts> {
    static let timeouts = Section(keys: [
        Key("connect", .duration(), \.connect, "Until a connection stands, with TLS where the URL is `https`."),
        Key("first_byte", .duration(), \.firstByte, "From the request sent to the first byte of the response."),
        Key("idle", .duration(), \.idle, "Between two reads of the response or two writes of the request."),
        Key("total", .duration(), \.total, "The whole call, a streamed answer included."),
    ])
}
