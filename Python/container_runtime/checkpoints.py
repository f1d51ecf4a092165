"""Checkpoints: saved whole or not at all, found again after a restart, never deleted under the platform's hands.

The platform copies the directory to S3 while the job runs. It leaves names that end with `.sagemaker-ignore` alone, and
lays `<file>.sagemaker-uploading` and `<file>.sagemaker-uploaded` beside a file.
"""

import json
import os
import re
import shutil
from contextlib import contextmanager
from typing import Iterator, List, Optional, Tuple

from container_runtime.environment import Environment

IGNORE = ".sagemaker-ignore"
UPLOADING = ".sagemaker-uploading"
#: Lists the files of a checkpoint that is a directory, with their sizes: a restart may find only some of them in S3.
MANIFEST = ".complete.json"


class Checkpoints:
    """The checkpoints of a directory.

        checkpoints = Checkpoints()
        newest = checkpoints.newest()
        ...
        with checkpoints.save("epoch-%d.npz" % epoch) as path:
            numpy.savez(path, weights)
        checkpoints.keep(3)

    - A checkpoint is a file or a directory, ordered by the last number in its name (the time of a file that came back
      from S3 is the time of the download), by time where a name has none.
    - All hosts of a job share the prefix in S3: put the host into the name where each saves its own.
    """

    def __init__(self, directory: Optional[str] = None) -> None:
        """Makes it of a directory: SM_CHECKPOINT_DIR, checkpointconfig.json's, or /opt/ml/checkpoints."""
        self.directory = directory or Environment().checkpoint_dir

    @contextmanager
    def save(self, name: str) -> Iterator[str]:
        """Gives a path to write a file or a directory to; it gets its name when the block ends without an exception.

        Raises:
            ValueError: the name leaves the directory, or ends as one of the platform's.
            FileNotFoundError: nothing was written.
        """
        if os.path.basename(name) != name or name in ("", ".", "..") or ".sagemaker-" in name:
            raise ValueError('"%s" is no name for a checkpoint: a name without a directory is expected' % name)
        final = os.path.join(self.directory, name)
        # The ending comes last, which is what the platform looks at. numpy.savez adds .npz to what has another.
        part = os.path.join(self.directory, name + IGNORE)
        os.makedirs(self.directory, exist_ok=True)
        _remove(part)
        try:
            yield part
            if not os.path.lexists(part) and os.path.lexists(part + os.path.splitext(name)[1]):
                os.replace(part + os.path.splitext(name)[1], part)
            if os.path.isdir(part):
                _seal(part)
            _sync(part)
            if os.path.isdir(final) and not os.path.islink(final):
                # A directory is replaced by none; the old one goes first, the new one is whole already.
                _remove(final)
            os.replace(part, final)
        except BaseException:
            _remove(part)
            raise
        _sync(self.directory)

    def all(self) -> List[str]:
        """Returns the paths of all complete checkpoints, the oldest first."""
        try:
            entries = sorted(os.listdir(self.directory))
        except FileNotFoundError:
            return []
        paths = [os.path.join(self.directory, name) for name in entries
                 if not name.startswith(".") and ".sagemaker-" not in name]
        return sorted(filter(is_complete, paths), key=_order)

    def newest(self) -> Optional[str]:
        """Returns the path of the newest complete checkpoint, if there is one."""
        found = self.all()
        return found[-1] if found else None

    def keep(self, count: int) -> List[str]:
        """Deletes the oldest so that this many stay, and returns what it deleted.

        One that is on its way to S3 stays until the next time: deleting it would end the upload.

        Raises:
            ValueError: count is less than 1.
        """
        if count < 1:
            raise ValueError("at least one checkpoint is kept, not %d" % count)
        deleted = [path for path in self.all()[:-count] if not is_uploading(path)]
        for path in deleted:
            _remove(path)
        return deleted


def is_complete(path: str) -> bool:
    """Whether a checkpoint is whole: a file with something in it, a directory with all that its list says.

    A directory without a list, as another library saves it, counts if it has files and none is still being written.
    """
    if not os.path.isdir(path):
        return os.path.isfile(path) and os.path.getsize(path) > 0
    files = dict(_files(path))
    try:
        with open(os.path.join(path, MANIFEST), encoding="utf-8") as file:
            listed = json.load(file)
    except FileNotFoundError:
        return bool(files) and not any(name.endswith(IGNORE) for name in files)
    except (OSError, ValueError):
        return False
    return isinstance(listed, dict) and all(files.get(name) == size for name, size in listed.items())


def is_uploading(path: str) -> bool:
    """Whether the platform is copying the checkpoint, or a file in it."""
    inside = any(name.endswith(UPLOADING) for name, _ in _files(path)) if os.path.isdir(path) else False
    return inside or os.path.exists(path + UPLOADING)


def _order(path: str) -> Tuple[int, float, str]:
    name = os.path.basename(path)
    numbers = re.findall(r"\d+", os.path.splitext(name)[0])
    return (int(numbers[-1]), 0.0, name) if numbers else (-1, os.path.getmtime(path), name)


def _files(directory: str) -> Iterator[Tuple[str, int]]:
    for place, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(place, name)
            if name != MANIFEST and os.path.exists(path):
                yield os.path.relpath(path, directory), os.path.getsize(path)


def _seal(directory: str) -> None:
    with open(os.path.join(directory, MANIFEST), "w", encoding="utf-8") as file:
        json.dump(dict(sorted(_files(directory))), file)
    for place, _, names in os.walk(directory):
        for name in names:
            _sync(os.path.join(place, name))


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)
