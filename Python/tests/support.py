"""A fake /opt/ml tree for a test, and processes that run in it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, Optional

PYTHON = Path(__file__).resolve().parent.parent
BRIDGE = PYTHON / "container_runtime" / "_bridge.py"


class Ended:
    """How a process ended."""

    def __init__(self, status: int, output: str, errors: str, report: Optional[Dict[str, Any]]) -> None:
        self.status, self.output, self.errors, self.report = status, output, errors, report


class JobCase(unittest.TestCase):
    """A test with a base directory of its own."""

    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.base = Path(directory.name).resolve() / "ml"
        for name in ("input/config", "input/data", "model", "code", "output/data"):
            (self.base / name).mkdir(parents=True)

    def write(self, path: str, text: str) -> Path:
        """Writes a file below the base."""
        file = self.base / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def configure(self, **files: Any) -> None:
        """Writes files of input/config, as in hyperparameters={}."""
        for name, value in files.items():
            self.write("input/config/%s.json" % name, json.dumps(value))

    def variables(self, **more: str) -> Dict[str, str]:
        """The environment of a child: nothing of ours but PATH."""
        found = {"PATH": os.environ.get("PATH", ""), "SAGEMAKER_BASE_DIR": str(self.base), "LANG": "C.UTF-8"}
        found["PYTHONPATH"] = os.pathsep.join([str(self.base / "code"), str(PYTHON), str(self.base / "framework")])
        found.update(more)
        return found

    def environ(self, **more: str) -> None:
        """Replaces this process's environment until the test's end."""
        before = dict(os.environ)
        self.addCleanup(self._restore, before)
        self._restore(self.variables(**more))

    @staticmethod
    def _restore(variables: Dict[str, str]) -> None:
        os.environ.clear()
        os.environ.update(variables)

    @staticmethod
    def end(child: "subprocess.Popen[bytes]") -> None:
        """Ends a child that leads a session, and what is left of the session."""
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()

    def bridge(self, specification: str, python: str = sys.executable, **more: str) -> Ended:
        """Runs the bridge as the runtime does: its text as an argument, the code directory as working directory."""
        report = self.base.parent / "report.json"
        variables = self.variables(**{"TRAIN_FRAMEWORK_REPORT": str(report), **more})
        done = subprocess.run(
            [python, "-c", BRIDGE.read_text(encoding="utf-8"), specification],
            cwd="/", env=variables, timeout=60, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        status = done.returncode if done.returncode >= 0 else 128 - done.returncode
        found = json.loads(report.read_text(encoding="ascii")) if report.exists() else None
        return Ended(status, done.stdout.decode(), done.stderr.decode(), found)
