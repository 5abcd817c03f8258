/// One entry of `listen` at one moment.
package struct ListenerSnapshot: Sendable, Equatable {
    /// Its address as the configuration has it.
    package var name: String
    /// nil: plain HTTP.
    package var tls: TLSSnapshot?
}
