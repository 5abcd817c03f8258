/// Which fields of a response are kept with it, and how a 304 changes them (RFC 9111 §3.1, §3.2).
package enum StoredFields {
    /// A copy that holds its own bytes, without what concerns only the connection that it came over, this one transfer
    /// or one client: hop-by-hop fields and those that `Connection` names, `Proxy-*`, `Age`, `Content-Length` and
    /// the fields that `no-cache="…"` and `private="…"` name. `Cache-Status` of caches nearer to the origin stays.
    package static func storable(_ response: FieldSection) -> FieldSection {
        var kept = response
        kept.removeAll(in: neverStored)
        kept.removeAll { isProxyField($0, of: response) }
        for name in nominated(by: response) { kept.removeAll(named: name) }
        let control = CacheControl.ofResponse(response)
        for name in control.noCacheFields + control.privateFields { kept.removeAll(named: name) }
        return kept.compacted()
    }

    /// The stored fields as a 304 leaves them: each field that it brings replaces the stored ones of that name.
    ///
    /// Not replaced is what belongs to the stored bytes rather than to the resource (RFC 9111 §3.2): `Content-Length`,
    /// `Content-Encoding`, `Content-Range`, a `Content-Type` that there is, and an `ETag` that is the same but for
    /// weakness. `Set-Cookie` is never taken over, and what `no-cache="…"` and `private="…"` name from now on goes. What is as selecting or as lasting as before is for the caller to
    /// find out: the merged `Vary` and `Cache-Control` may say something new.
    /// - Parameter stored: as ``storable(_:)`` made it.
    package static func merged(stored: FieldSection, with notModified: FieldSection) -> FieldSection {
        var news = storable(notModified)
        news.removeAll(in: boundToContent)
        if stored.contains(.contentType) { news.removeAll(.contentType) }
        if isSameTag(stored, news) { news.removeAll(.etag) }

        var merged = stored
        for line in news.lines {
            if line.name == .other {
                merged.removeAll(named: String(decoding: news.name(of: line), as: UTF8.self))
            } else {
                merged.removeAll(line.name)
            }
        }
        for line in news.lines { merged.append(line, of: news) }
        let control = CacheControl.ofResponse(merged)
        for name in control.noCacheFields + control.privateFields { merged.removeAll(named: name) }
        return merged.compacted()
    }

    private static func isSameTag(_ stored: FieldSection, _ news: FieldSection) -> Bool {
        guard let old = stored.first(.etag).flatMap({ EntityTag($0) }) else { return false }
        guard let new = news.first(.etag).flatMap({ EntityTag($0) }) else { return true }
        return EntityTag.weakEqual(old, new)
    }

    // MARK: Names

    /// RFC 9110 §7.6.1, RFC 9111 §3.1; two that are written anew for every answer; and what one call's retries came to.
    private static let neverStored: FieldNameSet = [
        .connection, .keepAlive, .proxyConnection, .te, .trailer, .transferEncoding, .upgrade, .http2Settings,
        .proxyAuthenticate, .proxyAuthenticationInfo, .proxyAuthorization, .age, .contentLength, .xShouldRetry,
    ]

    private static let boundToContent: FieldNameSet = [.contentEncoding, .contentRange, .setCookie]

    /// What an answer cannot do without: `Connection` does not take these away, whatever it names.
    private static let endToEnd: FieldNameSet = [
        .cacheControl, .cdnCacheControl, .weirCacheControl, .contentEncoding, .contentLanguage, .contentLocation,
        .contentRange,
        .contentType, .date, .etag, .expires, .lastModified, .location, .vary,
    ]

    private static func isProxyField(_ line: FieldLine, of fields: FieldSection) -> Bool {
        line.name == .other
            && ASCII.equalIgnoringCase(fields.name(of: line).prefix(6), "proxy-")
    }

    /// The connection options of a message that name fields (RFC 9110 §7.6.1), in lower case.
    private static func nominated(by fields: FieldSection) -> [String] {
        var names: [String] = []
        for line in fields.lines where line.name == .connection {
            fields.withValueBytes(of: line) { value in
                var members = ListScanner()
                while let member = members.next(in: value) {
                    let name = value.extracting(member)
                    if !endToEnd.contains(FieldName.recognise(name)) { names.append(name.lowercasedString) }
                }
            }
        }
        return names
    }
}
