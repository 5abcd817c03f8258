/// The connection closed before its answer was complete.
struct ClientLeft: Error {}
