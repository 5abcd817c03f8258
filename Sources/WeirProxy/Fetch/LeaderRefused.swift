/// Who was to lead a call does not make it: whoever waits for it asks anew.
struct LeaderRefused: Error {}
