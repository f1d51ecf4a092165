"""What is on record of the checkpoints that a host and rank saved: a hidden file beside each.

A file of its own each, so that hosts and ranks that share a directory never write the same one, and one that is damaged
costs no more than that its checkpoint stays. It holds neither times nor inodes, which S3 does not bring back.
"""

import json
import os
import re
import stat
from typing import Any, Dict, List, NamedTuple, Optional

#: What stands around the name of a checkpoint: no longer than `.sagemaker-ignore`, so that it fits where that does.
BEGINNING, ENDING = ".train-save-", ".json"
#: The largest record that is read.
LIMIT = 4096
#: What tells a process its place in a distributed program: torchrun's variable, Open MPI's, MPICH's.
RANKS = ("RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK")


class Saved(NamedTuple):
    """What is on record of a checkpoint."""

    #: Its place among all that its host and rank saved.
    order: int
    name: str
    #: The size of a file; a directory has a list of its own.
    size: Optional[int]


class Records:
    """The records of this host and rank in a directory; a process without a rank is rank 0."""

    def __init__(self, directory: str, host: str) -> None:
        """Makes it of the directory of the checkpoints."""
        ranks = [os.environ.get(name, "") for name in RANKS]
        self._directory, self._host = directory, host
        self._rank = next((int(rank) for rank in ranks if re.fullmatch("[0-9]{1,9}", rank)), 0)

    def path(self, name: str) -> str:
        """Returns the path of the record of a checkpoint."""
        return os.path.join(self._directory, BEGINNING + name + ENDING)

    def add(self, name: str) -> None:
        """Puts a checkpoint on record that has none; a link is nothing that could be known again.

        Raises:
            OSError: the record cannot be written.
        """
        status = os.lstat(os.path.join(self._directory, name))
        if stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode):
            record = {
                "host": self._host,
                "order": max((one.order for one in self.all()), default=0) + 1,
                "rank": self._rank,
                "size": status.st_size if stat.S_ISREG(status.st_mode) else None,
            }
            with open(self.path(name), "x", encoding="ascii") as file:
                json.dump(record, file, separators=(",", ":"))

    def all(self) -> List[Saved]:
        """Returns what is on record, the oldest first; what is damaged or another's is left out."""
        try:
            files = os.listdir(self._directory)
        except FileNotFoundError:
            return []
        names = [file[len(BEGINNING):-len(ENDING)] for file in files
                 if file.startswith(BEGINNING) and file.endswith(ENDING)]
        found = [self._read(name) for name in names if is_usable(name) and not name.startswith(".")]
        return sorted(one for one in found if one is not None)

    def _read(self, name: str) -> Optional[Saved]:
        try:
            status = os.lstat(self.path(name))
            if not stat.S_ISREG(status.st_mode) or status.st_size > LIMIT:
                return None
            with open(self.path(name), "rb") as file:
                record = parse(file.read(LIMIT))
        except (OSError, ValueError):
            return None
        if not isinstance(record, dict) or record.get("host") != self._host or not _is_natural(record, "rank"):
            return None
        if record["rank"] != self._rank or not _is_natural(record, "order"):
            return None
        if not _is_natural(record, "size") and record.get("size", "") is not None:
            return None
        return Saved(record["order"], name, record["size"])


def is_usable(name: str) -> bool:
    """Whether a name stays in the directory and is none of the platform's."""
    return os.path.basename(name) == name and name not in ("", ".", "..") and ".sagemaker-" not in name


def parse(data: bytes) -> Any:
    """Returns the value of JSON that anybody may have written.

    Raises:
        ValueError: it is not JSON, or nested too deeply.
    """
    try:
        return json.loads(data.decode("utf-8"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _is_natural(record: Dict[str, Any], key: str) -> bool:
    # Below 2^53 a number is the same in all that reads JSON. To Python, true is a number as well.
    value = record.get(key)
    return type(value) is int and 0 <= value < 1 << 53
