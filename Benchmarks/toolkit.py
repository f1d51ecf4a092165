"""The Python toolkit that we are measured against, in an environment of its own."""

import shutil
import subprocess
import sys

VERSION = "sagemaker-training==5.1.4"


def size(path):
    """Bytes of a file, or of all files below a directory."""
    if path.is_file():
        return path.stat().st_size
    return sum(file.lstat().st_size for file in path.rglob("*") if not file.is_dir())


def install(directory):
    """The Python toolkit in an environment of its own; returns its train and the bytes that it brought."""
    environment = directory / "toolkit"
    noted = environment / "bytes-before"
    if not noted.exists():
        shutil.rmtree(environment, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        before = size(environment)
        subprocess.run([environment / "bin" / "pip", "install", "-q", VERSION], check=True)
        noted.write_text(str(before))
    return environment / "bin" / "train", size(environment) - int(noted.read_text())
