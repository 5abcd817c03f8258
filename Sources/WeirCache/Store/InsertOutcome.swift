/// What became of a response that was to be stored.
package enum InsertOutcome: String, Sendable {
    case stored
    /// A purge since its fetch began was meant for it, or may have been.
    case purged
    /// A newer one that its request could have had has come while it was on its way.
    case outrun
    /// Its body is over `max_object`, or it would take more than an eighth of the memory.
    case tooLarge
    case tooManyTags
    /// Others were taking all the memory at this moment.
    case full
}
