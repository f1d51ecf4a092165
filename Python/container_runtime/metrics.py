"""Metrics as lines of JSON, in the directory that the platform's agent reads: SAGEMAKER_METRICS_DIRECTORY.

The form is sagemaker-experiments': https://github.com/aws/sagemaker-experiments/blob/main/src/smexperiments/metrics.py
"""

import json
import logging
import math
import os
import time
from typing import Dict, Optional, Set

from container_runtime import _configuration

_log = logging.getLogger(__name__)


class MetricsWriter:
    """Writes one line a value, whole: `{"MetricName": …, "Value": …, "Timestamp": …, "IterationNumber": …}`.

    A process has a file of its own, `<pid>.json`; a fork makes another. Usable as a context manager.
    """

    def __init__(self, directory: Optional[str] = None) -> None:
        """Makes a writer; the directory is made with the first value.

        Without a directory it is SAGEMAKER_METRICS_DIRECTORY, else output/metrics/sagemaker below the base directory.
        """
        default = os.path.join(_configuration.base_directory(), "output", "metrics", "sagemaker")
        self.directory = directory or os.environ.get("SAGEMAKER_METRICS_DIRECTORY") or default
        self._iterations: Dict[str, int] = {}
        self._told: Set[str] = set()
        self._descriptor = -1
        self._pid = -1

    def log(
        self, name: str, value: float, iteration: Optional[int] = None, timestamp: Optional[float] = None
    ) -> bool:
        """Writes a value, and returns whether it was one that JSON can hold.

        NaN and the infinities are left out, with one warning a name: a metric must not end a training.

        Args:
            name: the name of the metric.
            value: anything that float() takes.
            iteration: its number; one more than the last of this name if none is given, from 0.
            timestamp: seconds since 1970; now if none is given.

        Raises:
            OSError: the file cannot be written.
        """
        number = float(value)
        index = self._iterations.get(name, 0) if iteration is None else int(iteration)
        self._iterations[name] = index + 1
        if not math.isfinite(number):
            if name not in self._told:
                self._told.add(name)
                _log.warning('metric "%s" is %s, which no JSON holds; such values are left out', name, number)
            return False
        line = {"MetricName": name, "Value": number,
                "Timestamp": int(round(time.time() if timestamp is None else timestamp)), "IterationNumber": index}
        # One write of one line: other processes may append to files of the same directory, none to the same line.
        os.write(self._open(), (json.dumps(line) + "\n").encode("ascii"))
        return True

    def close(self) -> None:
        """Closes the file; a value after that opens it again."""
        if self._descriptor >= 0 and self._pid == os.getpid():
            os.close(self._descriptor)
        self._descriptor = -1

    def __enter__(self) -> "MetricsWriter":
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def _open(self) -> int:
        if self._descriptor < 0 or self._pid != os.getpid():
            os.makedirs(self.directory, exist_ok=True)
            self._pid = os.getpid()
            path = os.path.join(self.directory, "%d.json" % self._pid)
            self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        return self._descriptor
