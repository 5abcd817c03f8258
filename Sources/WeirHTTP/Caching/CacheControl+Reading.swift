extension CacheControl {
    /// Adds the directives of one line.
    mutating func read(_ line: Span<UInt8>) {
        var members = ListScanner()
        while let member = members.next(in: line) { readDirective(line.extracting(member)) }
        if members.isUnterminated {
            noStore = true
            mustUnderstand = false
        }
    }

    /// `name`, `name=token` or `name="quoted"`. White space around the equals sign is not allowed; the name counts
    /// all the same, and the argument is one that cannot be read.
    private mutating func readDirective(_ text: Span<UInt8>) {
        var equals = 0
        while equals < text.count, text[equals] != ASCII.equals { equals += 1 }
        guard let directive = CacheDirective.recognise(text.extracting(text.trimmed(0..<equals))) else { return }
        guard equals < text.count else {
            apply(directive, argument: text.extracting(0..<0), hasArgument: false)
            return
        }
        let isSpaced =
            equals > 0 && ASCII.isBlank(text[equals - 1])
            || equals + 1 < text.count && ASCII.isBlank(text[equals + 1])
        let argument = text.extracting(equals + 1..<text.count)
        if isSpaced {
            apply(directive, argument: text.extracting(0..<0), hasArgument: true)
        } else if argument.count > 0, argument[0] == ASCII.quote {
            apply(directive, argument: Self.unquoted(argument).span, hasArgument: true)
        } else {
            apply(directive, argument: argument, hasArgument: true)
        }
    }

    /// What a quoted-string says, empty where something follows it (RFC 9110 §5.6.4).
    private static func unquoted(_ text: Span<UInt8>) -> [UInt8] {
        var content: [UInt8] = []
        var index = 1
        while index < text.count {
            switch text[index] {
            case ASCII.quote: return index == text.count - 1 ? content : []
            case ASCII.backslash where index + 1 < text.count:
                index += 1
                content.append(text[index])
            case let byte: content.append(byte)
            }
            index += 1
        }
        return []
    }

    /// - Parameter argument: unquoted; empty where `hasArgument` is false.
    mutating func apply(_ directive: CacheDirective, argument: Span<UInt8>, hasArgument: Bool) {
        switch directive {
        case .noStore: noStore = true
        case .noCache: Self.qualify(&noCache, &noCacheFields, argument, hasArgument)
        case .isPrivate: Self.qualify(&isPrivate, &privateFields, argument, hasArgument)
        case .isPublic: isPublic = true
        case .mustRevalidate: mustRevalidate = true
        case .proxyRevalidate: proxyRevalidate = true
        case .mustUnderstand: mustUnderstand = true
        case .noTransform: noTransform = true
        case .onlyIfCached: onlyIfCached = true
        case .immutable: immutable = true
        case .maxAge: maxAge = Self.least(maxAge, argument)
        case .sharedMaxAge: sharedMaxAge = Self.least(sharedMaxAge, argument)
        case .minFresh: minFresh = max(minFresh ?? 0, DeltaSeconds.parse(argument) ?? 0)
        case .maxStale where !hasArgument: maxStale = maxStale ?? .max
        case .maxStale: maxStale = Self.least(maxStale, argument)
        case .staleWhileRevalidate: staleWhileRevalidate = Self.least(staleWhileRevalidate, argument)
        case .staleIfError: staleIfError = Self.least(staleIfError, argument)
        }
    }

    private static func least(_ known: Int64?, _ argument: Span<UInt8>) -> Int64 {
        min(known ?? .max, DeltaSeconds.parse(argument) ?? 0)
    }

    /// A list of field names narrows the directive to them. One that is empty or holds anything else does not.
    private static func qualify(
        _ whole: inout Bool,
        _ names: inout [String],
        _ argument: Span<UInt8>,
        _ hasArgument: Bool
    ) {
        var members = ListScanner()
        var listed: [String] = []
        while hasArgument, let member = members.next(in: argument) {
            let name = argument.extracting(member)
            guard name.isToken else {
                listed = []
                break
            }
            listed.append(name.lowercasedString)
        }
        if listed.isEmpty { whole = true }
        for name in listed where !names.contains(name) { names.append(name) }
    }
}
