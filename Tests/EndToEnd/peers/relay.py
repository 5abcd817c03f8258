"""A way to a server that can be cut."""

import socket
import threading
from contextlib import suppress


class Relay:
    """Passes connections on to a port of this machine; while it is cut there are none."""

    def __init__(self, port):
        self.target = port
        self.is_cut = False
        self.open = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.threads = []
        self._run(self._accept)

    def cut(self):
        self.is_cut = True
        for opened in self.open:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)

    def mend(self):
        self.is_cut = False

    def stop(self):
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.cut()
        for thread in self.threads:
            thread.join()
        for opened in [self.listener, *self.open]:
            opened.close()

    def _run(self, target, *arguments):
        self.threads.append(threading.Thread(target=target, args=arguments))
        self.threads[-1].start()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                if self.is_cut:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self.target))
                self.open += [client, server]
                self._run(self._copy, client, server)
                self._run(self._copy, server, client)

    @staticmethod
    def _copy(source, sink):
        with suppress(OSError):
            while piece := source.recv(1 << 16):
                sink.sendall(piece)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
