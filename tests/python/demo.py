"""A demonstration network of three nodes: started, read from, ended."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import threading
from pathlib import Path
from queue import Empty, Queue
from time import monotonic
from typing import Optional

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120
START_ATTEMPTS = 3
END_SECONDS = 20
READY = "Ctrl-C"


def binary() -> Optional[Path]:
    """The node as it was built last, or where `FAIRTRAIL_NODE` says."""
    if "FAIRTRAIL_NODE" in os.environ:
        return Path(os.environ["FAIRTRAIL_NODE"])
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    built = [target / kind / "fairtrail-node" for kind in ("debug", "release")]
    found = [path for path in built if path.is_file()]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


class Demo:
    """Runs until `end`; ends only what it started."""

    def __init__(self, node: Path) -> None:
        self.home = tempfile.TemporaryDirectory(prefix="fairtrail-second-reader-")
        data = str(Path(self.home.name) / "demo")
        words = [str(node), "demo", "--listen", "127.0.0.1:0", "--data-dir", data, "--log", "off"]
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.lines: Queue[str] = Queue()
        threading.Thread(target=self._read, daemon=True).start()
        try:
            text = self._until_ready()
        except Exception:
            self.end()
            raise
        self.gateways = re.findall(r"^gateway \d+\s+(\S+)$", text, re.M)
        self.policy = Path(re.findall(r"^policy\s+(.+)$", text, re.M)[0]).read_text(encoding="utf-8")

    def _read(self) -> None:
        for line in self.process.stdout or []:
            self.lines.put(line)

    def _until_ready(self) -> str:
        text, deadline = "", monotonic() + START_SECONDS
        while READY not in text.rpartition("\n\n")[2]:
            if monotonic() > deadline or self.process.poll() is not None:
                self.errors.seek(0)
                said = text[-500:] + self.errors.read()[-2000:]
                raise RuntimeError(f"the demonstration did not start: {said}")
            try:
                text += self.lines.get(timeout=1)
            except Empty:
                continue
        return text

    def log_policy(self) -> bytes:
        """The policy of logs, out of the demonstration's policy file."""
        return _quoted(self.policy, "log_policy")

    def end(self) -> None:
        """As Ctrl-C does, and for good if that takes too long."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self.errors.close()
        self.home.cleanup()


def start(node: Path) -> Demo:
    """A free port that a node is about to take may be taken by another program first."""
    for _ in range(START_ATTEMPTS - 1):
        try:
            return Demo(node)
        except RuntimeError as error:
            print(f"  once more: {error}", flush=True)
    return Demo(node)


def _quoted(text: str, name: str) -> bytes:
    return text.partition(f'{name} = """\n')[2].partition('"""')[0].encode()
