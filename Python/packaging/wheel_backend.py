"""Makes the wheel with the standard library: https://peps.python.org/pep-0517/ and https://peps.python.org/pep-0427/

The wheel holds the package, the directory of compatible names, and a .pth file that puts this directory at the very end
of sys.path: where the real packages are installed, they are found first. PYTHONPATH would not do, since it comes before
the installed packages.
"""

import base64
import hashlib
import os
import re
import tarfile
import zipfile
from typing import Any, Dict, List, Optional, Tuple

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COMPATIBLE = "container_runtime_compatibility"


def _version() -> str:
    with open(os.path.join(ROOT, "pyproject.toml"), encoding="utf-8") as file:
        found = re.search(r'^version = "([^"]+)"', file.read(), re.MULTILINE)
    if found is None:
        raise ValueError("pyproject.toml has no version")
    return found.group(1)


def _files(directory: str) -> List[Tuple[str, str]]:
    """Path and name, relative to the directory, of each file that belongs into the wheel, in order."""
    found = []
    for place, directories, names in os.walk(os.path.join(ROOT, directory)):
        directories[:] = sorted(name for name in directories if name != "__pycache__")
        for name in sorted(names):
            if name.endswith(".py") or name == "py.typed":
                path = os.path.join(place, name)
                found.append((path, os.path.relpath(path, os.path.join(ROOT, directory)).replace(os.sep, "/")))
    return found


def _metadata(version: str) -> Dict[str, bytes]:
    directory = "container_runtime-%s.dist-info/" % version
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        readme = file.read()
    return {
        directory + "METADATA": (
            "Metadata-Version: 2.1\nName: container-runtime\nVersion: %s\nRequires-Python: >=3.8\nLicense: Apache-2.0\n"
            "Summary: What a training script or a framework's container wants to know and to do\n"
            "Description-Content-Type: text/markdown\n\n%s" % (version, readme)).encode("utf-8"),
        directory + "WHEEL": (
            b"Wheel-Version: 1.0\nGenerator: container-runtime\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
    }


def _write(wheel_directory: str, files: Dict[str, bytes]) -> str:
    version = _version()
    files.update(_metadata(version))
    record = "container_runtime-%s.dist-info/RECORD" % version
    lines = []
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode("ascii")
        lines.append("%s,sha256=%s,%d" % (name, digest, len(data)))
    files[record] = "\n".join(lines + [record + ",,", ""]).encode("utf-8")
    name = "container_runtime-%s-py3-none-any.whl" % version
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, data in files.items():
            # A time of its own would make every build another file.
            information = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
            information.external_attr = 0o644 << 16
            wheel.writestr(information, data, zipfile.ZIP_DEFLATED)
    return name


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def build_wheel(
    wheel_directory: str, config_settings: Optional[Dict[str, Any]] = None, metadata_directory: Optional[str] = None
) -> str:
    """Makes the wheel."""
    files = {"container_runtime/" + name: _read(path) for path, name in _files("container_runtime")}
    files.update({COMPATIBLE + "/" + name: _read(path) for path, name in _files("compatibility")})
    files["container_runtime.pth"] = (COMPATIBLE + "\n").encode("ascii")
    return _write(wheel_directory, files)


def build_editable(
    wheel_directory: str, config_settings: Optional[Dict[str, Any]] = None, metadata_directory: Optional[str] = None
) -> str:
    """Makes a wheel that leads to this directory."""
    paths = ROOT + "\n" + os.path.join(ROOT, "compatibility") + "\n"
    return _write(wheel_directory, {"container_runtime.pth": paths.encode("utf-8")})


def build_sdist(sdist_directory: str, config_settings: Optional[Dict[str, Any]] = None) -> str:
    """Makes the source distribution."""
    base = "container_runtime-%s" % _version()
    with tarfile.open(os.path.join(sdist_directory, base + ".tar.gz"), "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name in ("pyproject.toml", "README.md", "container_runtime", "compatibility", "packaging"):
            archive.add(os.path.join(ROOT, name), base + "/" + name,
                        filter=lambda one: None if "__pycache__" in one.name else one)
        # PKG-INFO is what makes a directory a source distribution.
        path = os.path.join(sdist_directory, "PKG-INFO")
        with open(path, "wb") as file:
            file.write(_metadata(_version())["%s.dist-info/METADATA" % base])
        archive.add(path, base + "/PKG-INFO")
        os.unlink(path)
    return base + ".tar.gz"
