"""An HTTP proxy for CONNECT alone."""

import socket
import threading
from contextlib import suppress


class ConnectProxy:
    """Leads every CONNECT to a port of this machine, or refuses it with `status`; `requests` are their heads' lines."""

    def __init__(self, status="200 Connection established"):
        self.status = status
        self.requests = []
        self.open = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def _run(self, target, *arguments):
        self.threads.append(threading.Thread(target=target, args=arguments))
        self.threads[-1].start()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.open.append(client)
                self._run(self._serve, client)

    def _serve(self, client):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = client.recv(1)
            if not byte:
                return
            head += byte
        lines = head.decode().splitlines()[:-1]
        self.requests.append(lines)
        client.sendall(f"HTTP/1.1 {self.status}\r\n\r\n".encode())
        if not self.status.startswith("2"):
            client.close()
            return
        upstream = socket.create_connection(("127.0.0.1", int(lines[0].split()[1].rsplit(":", 1)[1])))
        self.open.append(upstream)
        self._run(self._copy, client, upstream)
        self._copy(upstream, client)

    @staticmethod
    def _copy(source, sink):
        with suppress(OSError):
            while piece := source.recv(1 << 16):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)

    def stop(self):
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        for opened in [self.listener, *self.open]:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
            opened.close()
        for thread in self.threads:
            thread.join()
