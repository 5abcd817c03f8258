"""A throw-away certificate authority."""

import subprocess
from pathlib import Path


class Authority:
    """Makes certificates with openssl; every file lies in `folder`."""

    NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.file = self.folder / "ca.pem"
        subject = ["-days", "2", "-subj", "/CN=Throw-away authority"]
        self._openssl("req", "-x509", *self.NEW_KEY, "-keyout", "ca.key", "-out", "ca.pem", *subject)

    def issue(self, name, common_name="localhost", days=2, names="DNS:localhost,IP:127.0.0.1"):
        """A certificate for `names` in `name`.pem and `name`.key; returns both paths."""
        self._openssl(
            "req", *self.NEW_KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={common_name}"
        )
        (self.folder / "san.cnf").write_text(f"subjectAltName={names}\n")
        signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", str(days), "-extfile", "san.cnf"]
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.pem", *signed)
        return self.folder / f"{name}.pem", self.folder / f"{name}.key"

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)
