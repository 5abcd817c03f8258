/// Thrown to close a connection before an answer or in the middle of its body.
struct BrokenOff: Error {}
