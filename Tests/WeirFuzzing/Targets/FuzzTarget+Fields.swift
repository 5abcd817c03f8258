import NIOCore
import WeirCorpus
import WeirHTTP

extension FuzzTarget {
    /// Lines of `Cache-Control`; those that begin with `!` are `CDN-Cache-Control`, those with `?` other fields that
    /// decide about storing.
    static let cacheControl = FuzzTarget("cache-control") {
        cacheControlSeeds.map { bytes($0) }
    } property: { (input) throws(Violation) in
        let response = response(of: input)
        let control = CacheControl.ofResponse(response.fields)
        for seconds in [control.maxAge, control.sharedMaxAge, control.staleWhileRevalidate, control.staleIfError] {
            try require(seconds.map { (0...1 << 31).contains($0) } ?? true, "a span of \(seconds ?? 0) s")
        }
        _ = CacheControl.ofRequest(response.fields)
        try checkJoining(response.fields)
        try checkStoring(response)
    }

    private static let cacheControlSeeds = [
        "max-age=60, public", "no-store", "private=\"set-cookie, x\", s-maxage=\"9\"", "no-cache=\"a\"\nmax-age=5",
        "max-age=99999999999999999999",
        "!max-age=60;a=b, x=(1 2);c, y=\"z\\\"\", w=:YQ==:, v=?0, u=1.5, t=@1, s=%\"a\"",
        "must-revalidate,stale-while-revalidate=9,stale-if-error=10", "ext=\"a, no-store", "!public\nno-store",
        "immutable, must-understand, no-store, only-if-cached, min-fresh=1, max-stale", "?Expires: 0\n?Vary: a, b",
        "?Set-Cookie: a\n?ETag: \"a\"\nmax-age=1", "?Connection: x, ETag\n?X: 1\n?Age: 5\n?Proxy-A: b",
    ]

    private static func response(of input: [UInt8]) -> ResponseHead {
        var fields = FieldSection()
        for line in input.lines.prefix(16) {
            switch line.first {
            case UInt8(ascii: "!"): fields.append(.cdnCacheControl, bytes: line.dropFirst())
            case UInt8(ascii: "?"):
                let name = line.dropFirst().prefix { ASCII.isTokenCharacter($0) }
                guard !name.isEmpty else { continue }
                let value = line.dropFirst(1 + name.count).drop { $0 == 0x3A || $0 == 0x20 }
                fields.append(named: String(decoding: name, as: UTF8.self), bytes: value)
            default: fields.append(.cacheControl, bytes: line)
            }
        }
        return ResponseHead(status: 200, framing: .length(0), fields: fields)
    }

    /// Members mean the same in one line and in several, as long as no quoted string runs over the end of a line
    /// (RFC 9110 §5.3).
    private static func checkJoining(_ fields: FieldSection) throws(Violation) {
        let lines = fields.values(.cacheControl).map { Array($0) }
        guard lines.count > 1, !lines.contains(where: { $0.contains(0x22) }) else { return }
        var joined = FieldSection()
        joined.append(.cacheControl, bytes: Array(lines.joined(separator: ", ".utf8)))
        try requireEqual(CacheControl(joined), CacheControl(fields), "lines joined")
    }

    private static func checkStoring(_ response: ResponseHead) throws(Violation) {
        let stored = StoredFields.storable(response.fields)
        try requireEqual(StoredFields.storable(stored), stored, "what is storable")
        for name in [FieldName.connection, .transferEncoding, .contentLength, .age, .keepAlive] {
            try require(!stored.contains(name), "\(name.canonicalName) is stored")
        }
        let decision = StoreDecision.decide(
            method: .get,
            request: ["Host": "a"],
            response: response,
            receivedAt: UnixTime(seconds: 1_704_067_200),
            policy: StorePolicy()
        )
        guard case .store(let freshness) = decision else { return }
        try require((0...1 << 31).contains(freshness.lifetime), "a lifetime of \(freshness.lifetime) s")
        let control = CacheControl.ofResponse(response.fields)
        try require(!control.noStore || control.mustUnderstand, "no-store is stored")
        try require(!control.isPrivate, "private is stored")
        let merged = StoredFields.merged(stored: stored, with: response.fields)
        try requireEqual(StoredFields.merged(stored: merged, with: response.fields), merged, "a 304 taken over twice")
    }

    /// Lines of any fields, the same ones for a request and for a response.
    static let fields = FuzzTarget("fields") {
        fieldSeeds.map { bytes($0) }
    } property: { (input) throws(Violation) in
        let lines = input.lines.prefix(8)
        for line in lines {
            try checkTag(Array(line))
            try checkDate(Array(line))
            try checkRanges(Array(line))
        }
        var fields = FieldSection()
        for line in lines {
            fields.append(.acceptEncoding, bytes: line)
            fields.append(.vary, bytes: line)
            fields.append(.ifNoneMatch, bytes: line)
            fields.append(.connection, bytes: line)
            fields.append(.etag, bytes: line)
            fields.append(.lastModified, bytes: line)
            fields.append(.accept, bytes: line)
            fields.append(.ifRange, bytes: line)
        }
        try checkNegotiation(fields)
        _ = ConnectionOptions(fields)
        for method in [RequestMethod.get, .post] {
            _ = Conditional.evaluate(
                method: method,
                request: fields,
                status: 200,
                etag: fields.first(.etag),
                lastModified: HTTPDate.parse(Array(lines.first ?? []))
            )
        }
        let members = fields.listMembers(.accept).map { Array($0) }
        try require(members.allSatisfy { !$0.isEmpty }, "an empty member")
    }

    private static let fieldSeeds = [
        "\"a\"", "W/\"a-gzip\", \"b\"", "*", "\"a\\\", \"b\"", "gzip;q=0.5, identity;q=0, *;q=0.001",
        "x-gzip, br;q=1.000",
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Thu, 29 Feb 2024 23:59:60 GMT", "Accept, Accept-Encoding\nCookie", "close, x-hop, te",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "bytes=0-1,-5", "bytes=9-20, 0-3,4-6 ,, 30-", "bytes=99999999999999999999-", "bytes=60-99,-0",
        "Sat, 01 Jan 0000 00:00:00 GMT",
    ]

    private static func checkTag(_ line: [UInt8]) throws(Violation) {
        var once = EntityTag.strippingCodingSuffixes(line)
        try require(once.count <= line.count, "a suffix taken off adds bytes")
        guard let tag = EntityTag(line) else { return }
        var written = ByteBuffer()
        tag.write(into: &written)
        try requireEqual(EntityTag(written.readableBytesView), tag, "a tag written again")
        let suffixed = tag.suffixed(.gzip)
        try requireEqual(tag.isWeak ? tag : suffixed.strippingSuffix(of: .gzip), tag, "a suffix put on and taken off")
        written.clear()
        suffixed.write(into: &written)
        once = EntityTag.strippingCodingSuffixes(written.readableBytesView)
        if !tag.isWeak { try requireEqual(EntityTag(once), tag, "a suffix taken off a field") }
    }

    private static func checkDate(_ line: [UInt8]) throws(Violation) {
        // A leap second at the end of the year 9999 has no date behind it.
        guard let date = HTTPDate.parse(line), date.seconds < 253_402_300_800 else { return }
        var written = ByteBuffer()
        HTTPDate.write(date, into: &written)
        try requireEqual(written.readableBytes, 29, "the length of a date")
        try requireEqual(HTTPDate.parse(written.readableBytesView)?.seconds, date.seconds, "a date written again")
    }

    /// What is selected is what each range names by itself, each byte once.
    private static func checkRanges(_ line: [UInt8]) throws(Violation) {
        let length = 64
        guard let ranges = ByteRangeSet(line, limit: 8) else { return }
        try require((1...8).contains(ranges.specs.count), "\(ranges.specs.count) ranges")
        var wanted = Set<Int>()
        for position in 0..<length {
            let isNamed = ranges.specs.contains { spec in
                switch spec {
                case .from(let first, let last): first <= position && position <= last ?? .max
                case .last(let count): UInt64(length - position) <= count
                }
            }
            if isNamed { wanted.insert(position) }
        }
        let parts = ranges.parts(ofLength: length)
        try requireEqual(parts.flatMap { Array($0) }.sorted(), wanted.sorted(), "what is selected")
        for part in parts {
            try require(!part.isEmpty, "an empty part")
            try require(!parts.contains { $0 != part && $0.upperBound == part.lowerBound }, "parts that touch")
        }
        try requireEqual(ranges.parts(ofLength: 0), [], "parts of nothing")
        var request = FieldSection()
        request.append(.range, bytes: line)
        let subject = RangeSelection.Subject(status: 200, length: length, etag: nil, lastModified: nil, date: nil)
        let selection = RangeSelection.decide(method: .get, request: request, subject: subject, limit: 8)
        try requireEqual(selection, parts.isEmpty ? .unsatisfiable : .parts(parts), "the selection")
    }

    private static func checkNegotiation(_ fields: FieldSection) throws(Violation) {
        if let coding = AcceptEncoding.preferred(fields, among: [.gzip, .identity]) {
            try require(AcceptEncoding.accepts(coding, fields), "what is preferred is not accepted")
        } else {
            try require(!AcceptEncoding.accepts(.identity, fields), "nothing is preferred, and identity accepted")
        }
        guard let selection = VarySelection.make(response: fields, request: fields, ignoring: []) else { return }
        try require(selection.matches(fields), "a request does not match itself")
        try requireEqual(selection.names, Set(selection.names).sorted(), "the names of Vary")
    }
}
