"""A Redis of the test's own."""

import socket

from peers.program import Program, free_port


class Redis:
    """A redis-server that keeps nothing on disk; `options` are further arguments of its command line."""

    def __init__(self, folder, *options, port=None):
        self.port = port or free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.options = options
        self.folder = folder
        self.program = self._start()

    def _start(self):
        command = ["redis-server", "--port", self.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        return Program(f"redis-{self.port}", [*command, "--dir", self.folder, *self.options], self.folder)

    def wait_until_ready(self):
        self.program.wait_until(lambda: self.run("PING") is not None, "redis' answer")

    @property
    def is_running(self):
        return self.program.process.poll() is None

    def start_again(self):
        """With nothing of what it knew."""
        self.program = self._start()
        self.wait_until_ready()

    def run(self, *command):
        """The reply to one command: text, a number, None or a list; None while nothing listens."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                parts = [str(part).encode() for part in command]
                request = b"*%d\r\n" % len(parts)
                request += b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
                connection.sendall(request)
                with connection.makefile("rb") as reader:
                    return _reply(reader)
        except ConnectionError:
            return None

    def keys(self, pattern="*"):
        return self.run("KEYS", pattern)

    def stop(self):
        self.program.stop()


def _reply(reader):
    line = reader.readline()
    if not line:
        raise ConnectionError("redis closed the connection")
    kind, rest = line[:1], line[1:-2].decode(errors="replace")
    if kind == b"-":
        return f"-{rest}"
    if kind == b":":
        return int(rest)
    if kind == b"$":
        return None if rest == "-1" else reader.read(int(rest) + 2)[:-2].decode(errors="replace")
    if kind == b"*":
        return [_reply(reader) for _ in range(int(rest))]
    return rest
