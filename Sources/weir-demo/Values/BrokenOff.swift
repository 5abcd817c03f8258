/// Thrown in the middle of a body to close the connection there.
struct BrokenOff: Error {}
