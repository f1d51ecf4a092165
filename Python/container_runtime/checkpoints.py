"""Checkpoints: saved whole or not at all, found again after a restart, never deleted under the platform's hands.

The platform copies the directory to S3 while the job runs. It leaves names that end with `.sagemaker-ignore` alone, and
lays `<file>.sagemaker-uploading` and `<file>.sagemaker-uploaded` beside a file.
"""

import errno
import json
import os
import re
import shutil
import stat
import warnings
from contextlib import contextmanager
from typing import Any, Iterator, List, Optional, Tuple

from container_runtime._records import Records, Saved, is_usable, parse
from container_runtime.environment import Environment

IGNORE = ".sagemaker-ignore"
UPLOADING = ".sagemaker-uploading"
UPLOADED = ".sagemaker-uploaded"
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
    - `save` leaves a record beside each checkpoint, `.train-save-NAME.json`, and `keep` deletes nothing without one.
      Each host, and each rank of a distributed program, has records of its own.
    """

    def __init__(self, directory: Optional[str] = None) -> None:
        """Makes it of a directory: SM_CHECKPOINT_DIR, checkpointconfig.json's, or /opt/ml/checkpoints."""
        if directory:
            self.directory, host = directory, os.environ.get("SM_CURRENT_HOST") or "algo-1"
        else:
            environment = Environment()
            self.directory, host = environment.checkpoint_dir, environment.current_host
        self._records = Records(self.directory, host)

    @contextmanager
    def save(self, name: str) -> Iterator[str]:
        """Gives a path to write a file or a directory to; it gets its name when the block ends without an exception.

        Raises:
            ValueError: the name leaves the directory, or ends as one of the platform's.
            FileNotFoundError: nothing was written.
        """
        if not is_usable(name):
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
            # What has the name from here on is not what is on record. Killed before the new record: it is just kept.
            _unlink(self._records.path(name))
            if os.path.isdir(final) and not os.path.islink(final):
                # A directory is replaced by none; the old one goes first, the new one is whole already.
                _remove(final)
            os.replace(part, final)
        except BaseException:
            _remove(part)
            raise
        _sync(self.directory)
        try:
            self._records.add(name)
        except OSError as error:
            # The checkpoint is there, which is what counts.
            warnings.warn("%s: keep will not delete this checkpoint: %s" % (name, error), stacklevel=3)

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
        """Deletes the oldest that `save` wrote so that this many whole ones stay, and returns what it deleted.

        The order is that of saving. What has no record of this host and rank stays, as does what is not as it was
        saved: it is another's. One that is on its way to S3 stays until the next time: deleting it would end the
        upload.

        Raises:
            ValueError: count is less than 1.
        """
        if count < 1:
            raise ValueError("at least one checkpoint is kept, not %d" % count)
        saved = self._records.all()
        whole = [one for one in saved if self._is_whole(one)]
        deleted = []
        for one in saved[:saved.index(whole[-count])] if len(whole) >= count else []:
            path, record = os.path.join(self.directory, one.name), self._records.path(one.name)
            if not self._is_own(one) or is_uploading(path) or is_uploading(record):
                continue
            if os.path.lexists(path):
                _remove(path)
                deleted.append(path)
            _unlink(record)
        return deleted

    def _is_whole(self, saved: Saved) -> bool:
        """Whether all that was saved is there."""
        path = os.path.join(self.directory, saved.name)
        return _has_size(path, saved.size) and is_complete(path)

    def _is_own(self, saved: Saved) -> bool:
        """Whether nothing is there but what was saved, or a rest of it."""
        path = os.path.join(self.directory, saved.name)
        if not os.path.lexists(path):
            return True
        if not _has_size(path, saved.size):
            return False
        if saved.size is not None:
            return True
        try:
            listed = _listed(path)
        except (OSError, ValueError):
            return False
        return isinstance(listed, dict) and all(
            listed.get(name) == size for name, size in _files(path) if not name.endswith(UPLOADED))


def _has_size(path: str, size: Optional[int]) -> bool:
    """Whether a path is a file of that size, or a directory with a list where there is no size."""
    try:
        status = os.lstat(path)
    except OSError:
        return False
    if size is None:
        return stat.S_ISDIR(status.st_mode) and os.path.lexists(os.path.join(path, MANIFEST))
    return stat.S_ISREG(status.st_mode) and status.st_size == size


def is_complete(path: str) -> bool:
    """Whether a checkpoint is whole: a file with something in it, a directory with all that its list says.

    A directory without a list, as another library saves it, counts if it has files and none is still being written.
    """
    if not os.path.isdir(path):
        return os.path.isfile(path) and os.path.getsize(path) > 0
    files = dict(_files(path))
    try:
        listed = _listed(path)
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


def _listed(directory: str) -> Any:
    with open(os.path.join(directory, MANIFEST), "rb") as file:
        return parse(file.read())


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
    except OSError as error:
        # Some file systems cannot, directories above all: EINVAL by fsync(2), the others of those that programs serve.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):
            raise
    finally:
        os.close(descriptor)


def _remove(path: str) -> None:
    if os.path.islink(path) or not os.path.isdir(path):
        return _unlink(path)
    try:
        # The list goes last: without it what is left would look like a whole directory of another library.
        for entry in [one for one in os.scandir(path) if one.name != MANIFEST]:
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)
        shutil.rmtree(path)
    except FileNotFoundError:
        pass  # another process was quicker


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
