/// Bounds on the parts of a message that come before and after its body.
package struct HeadLimits: Sendable, Equatable {
    /// Bytes of a request target; more is 414.
    package var target: Int
    /// Bytes of a head or a trailer section, start line included; more is 431. Also what all the chunk
    /// extensions of one message may come to.
    package var head: Int
    /// Field lines of a section; more is 431.
    package var fields: Int
    /// Bytes of one chunk's extensions.
    package var chunkExtension: Int
    /// Interim (1xx) responses before a final one.
    package var informational: Int

    package init(
        target: Int = 16 << 10,
        head: Int = 32 << 10,
        fields: Int = 200,
        chunkExtension: Int = 256,
        informational: Int = 10
    ) {
        self.target = target
        self.head = head
        self.fields = fields
        self.chunkExtension = chunkExtension
        self.informational = informational
    }
}
