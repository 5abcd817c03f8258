/// How old a response already was when it came (RFC 9111 §4.2.3).
package enum Age {
    /// The corrected initial age, in seconds, at most 2³¹.
    /// - Parameters:
    ///   - receivedAt: `response_time`.
    ///   - responseDelay: `response_time - request_time`, in seconds.
    package static func initial(_ response: FieldSection, receivedAt: UnixTime, responseDelay: Int64) -> Int64 {
        let date = response.first(.date).flatMap { HTTPDate.parse($0, now: receivedAt) }
        let apparentAge = date.map { max(0, receivedAt.seconds - $0.seconds) } ?? 0
        let correctedAge = value(response) + DeltaSeconds.clamp(responseDelay)
        return DeltaSeconds.clamp(max(apparentAge, correctedAge))
    }

    /// The first member of the field; 0 where there is none or it is malformed (RFC 9111 §5.1).
    private static func value(_ response: FieldSection) -> Int64 {
        guard let line = response.lines.first(where: { $0.name == .age }) else { return 0 }
        return response.withValueBytes(of: line) { value in
            var members = ListScanner()
            guard let first = members.next(in: value) else { return 0 }
            return DeltaSeconds.parse(value.extracting(first)) ?? 0
        }
    }
}
