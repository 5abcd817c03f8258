/// A checked request target (RFC 9112 §3.2), as ranges of the head's buffer.
package struct RequestTarget: Sendable, Equatable {
    package enum Form: Sendable, Equatable { case origin, absolute, asterisk, authority }

    package var form: Form
    /// From the first `/` to the `?` or the end. Empty in the asterisk and authority forms.
    package var path: Range<Int>
    /// Behind the `?`, without it; nil where there is none.
    package var query: Range<Int>?

    package init(form: Form, path: Range<Int>, query: Range<Int>?) {
        self.form = form
        self.path = path
        self.query = query
    }
}
