"""A TLS server by hand, connection by connection, for what no library's server would do."""

import socket
import ssl
import struct
import threading
from contextlib import suppress

SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


class SecurePeer:
    """Runs `script(connection)` for every connection with a finished handshake, in threads of its own.

    `failed` tells why handshakes came to nothing, `names` what the others asked for (SNI)."""

    def __init__(self, certificate, key, script):
        self.script = script
        self.failed, self.names, self.errors = [], [], []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.set_alpn_protocols(["http/1.1"])
        self.context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self.use(certificate, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self._accept)]
        self.open = []
        self.threads[0].start()

    def use(self, certificate, key):
        """From the next connection on."""
        self.context.load_cert_chain(certificate, key)

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self.threads.append(thread)
            thread.start()

    def _serve(self, connection):
        connection.settimeout(60)
        try:
            secured = self.context.wrap_socket(connection, server_side=True, suppress_ragged_eofs=False)
        except OSError as error:
            self.failed.append(error)
            connection.close()
            return
        self.open.append(secured)
        peer = SecureConnection(secured)
        try:
            self.script(peer)
        except OSError:
            # The other side has ended the connection: where that matters, the script's results tell.
            pass
        except Exception as error:  # noqa: BLE001 - told by stop()
            self.errors.append(error)
        finally:
            peer.cut()

    def stop(self):
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()


class SecureConnection:
    """One TLS connection, in the hands of a script."""

    def __init__(self, secured):
        self.socket = secured
        self.sent = 0

    def read_head(self):
        """The request's lines."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.socket.recv(1)
            if not byte:
                raise EOFError(f"within {head!r}")
            head += byte
        return head.decode().splitlines()[:-1]

    def send(self, data):
        self.socket.sendall(data)
        self.sent += len(data)

    def read(self, count):
        data = bytearray()
        while len(data) < count:
            piece = self.socket.recv(min(1 << 16, count - len(data)))
            if not piece:
                raise EOFError(f"after {len(data)} of {count} bytes")
            data += piece
        return bytes(data)

    def read_to_end(self):
        """Everything up to TLS's good-bye; a connection that just ends raises."""
        data = bytearray()
        while piece := self.socket.recv(1 << 16):
            data += piece
        return bytes(data)

    def say_goodbye(self):
        """Ends TLS in good order: close_notify, the other side's too."""
        with suppress(OSError):
            self.socket = self.socket.unwrap()

    def cut(self):
        """Ends the connection without a word of TLS."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()
