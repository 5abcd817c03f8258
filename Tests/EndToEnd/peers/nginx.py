"""nginx as a real origin, plain and behind TLS."""

import os
import ssl

import httpx

from peers.authority import Authority
from peers.program import Program, free_port
from peers.waiting import eventually

CONFIG = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    types {{ text/html html; text/plain txt; application/json json; image/png png; }}
    default_type application/octet-stream;
    log_format protocol '$server_protocol $request_method $request_uri $status';
    access_log {folder}/access.log protocol;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 0;
    server {{
        listen 127.0.0.1:{port}{listen};
        root {folder}/files;
        {server}
    }}
}}
"""


class Nginx:
    """A running nginx that serves `files`; `access` tells the protocol of every request."""

    def __init__(self, folder, server="", tls=False, days=2):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.files = folder / "files"
        self.files.mkdir(exist_ok=True)
        self.port = free_port()
        self.scheme = "https" if tls else "http"
        self.url = f"{self.scheme}://localhost:{self.port}" if tls else f"http://127.0.0.1:{self.port}"
        self.ca_file = None
        if tls:
            authority = Authority(folder)
            authority.issue("server", days=days)
            self.ca_file = str(authority.file)
            server = f"ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;\n{server}"
        (folder / "nginx.conf").write_text(
            CONFIG.format(
                user="user root;" if os.geteuid() == 0 else "",
                folder=folder,
                port=self.port,
                listen=" ssl http2" if tls else "",
                server=server,
            )
        )
        self.program = Program("nginx", ["nginx", "-p", folder, "-c", folder / "nginx.conf"], folder)

    def wait_until_ready(self):
        def is_ready():
            try:
                verify = ssl.create_default_context(cafile=self.ca_file) if self.ca_file else True
                httpx.get(f"{self.url}/ready", verify=verify, trust_env=False)
                return True
            except httpx.TransportError as error:
                return "expired" in str(error)

        self.program.wait_until(is_ready, "nginx's answer")

    def expect_access(self, path, expected):
        """Waits for exactly these requests of `path` in the log, which is written after the answer."""
        eventually(lambda: len(self.access(path)) >= len(expected), what=f"{expected} of {path}")
        assert self.access(path) == expected

    def access(self, path):
        """`HTTP/2.0 GET 200` for every request of `path` that has ended."""
        lines = (self.folder / "access.log").read_text().splitlines()
        fields = [line.split() for line in lines]
        return [f"{version} {method} {status}" for version, method, uri, status in fields if uri == path]

    def stop(self):
        self.program.stop()
