import NIOCore
import WeirCache
import WeirHTTP

extension FuzzTarget {
    /// A stored response as bytes: as they are, and as the content of what is well protected, which is what whoever can
    /// write where they lie could make of them.
    static let stored = FuzzTarget("stored") {
        storedSeeds
    } property: { (input) throws(Violation) in
        let coder = StoredResponseCoder()
        let binding = ByteBuffer(string: "fuzz")
        let now = NIODeadline.uptimeNanoseconds(1 << 50)
        _ = coder.decode(input.buffer, boundTo: binding, elapsed: .zero, now: now)
        let enclosed = coder.enclose(input.buffer, boundTo: binding)
        guard case .success(let (response, note)) = coder.decode(enclosed, boundTo: binding, elapsed: .zero, now: now)
        else { return }
        try require(response.timeToLive(at: .distantFuture) <= response.timeToLive(at: now), "it grows younger")
        let again = coder.encode(response, note: note, boundTo: binding, now: now)
        guard case .success(let (second, _)) = coder.decode(again, boundTo: binding, elapsed: .zero, now: now) else {
            throw Violation("what was read cannot be read again")
        }
        try requireEqual(second.age(at: now), response.age(at: now), "the age")
        try requireEqual(second.fields, response.fields, "the fields")
        try requireEqual(second.tags, response.tags, "the tags")
        try requireEqual(second.path, response.path, "the path")
        try requireEqual(second.status, response.status, "the status")
        try requireEqual(second.selection, response.selection, "what it is selected by")
        try requireEqual(second.freshness, response.freshness, "its freshness")
        let (forms, others) = (response.representations, second.representations)
        try requireEqual(others.map(\.form), forms.map(\.form), "its forms")
        for (form, other) in zip(forms, others) {
            try requireEqual(
                [other.head, other.notModifiedHead, other.body],
                [form.head, form.notModifiedHead, form.body],
                "a form"
            )
            try requireEqual(other.etag, form.etag, "its entity tag")
        }
    }

    /// The content of what the coder writes for a response with and without what may be missing.
    private static var storedSeeds: [[UInt8]] {
        [true, false].map { isFull in
            let response = StoredResponse(
                key: CacheKey(1, 2, 3, 4),
                status: 200,
                fields: isFull ? ["ETag": "\"a\"", "X": "y"] : [:],
                freshness: Freshness(lifetime: 60, staleIfError: isFull ? 60 : 0, mustRevalidate: isFull),
                initialAge: 1,
                receivedAt: .uptimeNanoseconds(1 << 50),
                lastModified: isFull ? UnixTime(seconds: 1) : nil,
                selection: isFull ? VarySelection(names: ["a", "b"], values: [[65], nil]) : .none,
                tags: isFull ? ["user:ada", "ß"] : [],
                path: "/a",
                representations: [
                    Representation(
                        form: .init(coding: isFull ? .gzip : .identity),
                        head: ByteBuffer(string: "HTTP/1.1 200 OK\r\n"),
                        notModifiedHead: ByteBuffer(),
                        body: ByteBuffer(string: "body"),
                        etag: isFull ? ByteBuffer(string: "\"a\"") : nil
                    )
                ]
            )
            let now = NIODeadline.uptimeNanoseconds(1 << 50)
            let bytes = StoredResponseCoder().encode(
                response,
                note: ByteBuffer(string: "n"),
                boundTo: ByteBuffer(string: "fuzz"),
                now: now
            )
            // Behind header and checksum.
            return Array(bytes.readableBytesView.dropFirst(20))
        }
    }
}
