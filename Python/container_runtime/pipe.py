"""Pipe mode: a channel is a row of FIFOs, `<channel>_0`, `<channel>_1`, one an epoch.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
"""

import fcntl
import os
import select
import stat
import time
from typing import BinaryIO, Dict, Iterator, Optional, Sequence

from container_runtime.environment import Environment
from container_runtime.recordio import read_records, read_samples


class PipeChannel:
    """Reads a channel in Pipe mode, an epoch after the other.

        channel = PipeChannel("training")
        for epoch in range(3):
            with channel.open() as stream:
                for line in stream: ...

    - The platform makes the next FIFO a moment after the last one was closed: it is waited for.
    - A stream may be closed before its end; what was not read is gone, and the next epoch begins.
    - One reader at a time; the stream is an ordinary binary file.
    """

    def __init__(self, channel: str, directory: Optional[str] = None, timeout: float = 60.0) -> None:
        """Makes a reader of a channel; timeout is in seconds, for a FIFO and its writer to come."""
        self.channel = channel
        self.directory = directory or Environment().input_data_dir
        self.timeout = timeout
        self.epoch = 0

    def path(self, epoch: int) -> str:
        """Returns the place of an epoch's FIFO."""
        return os.path.join(self.directory, "%s_%d" % (self.channel, epoch))

    def open(self, epoch: Optional[int] = None) -> BinaryIO:
        """Opens an epoch, the next one if none is given.

        Raises:
            FileNotFoundError: the FIFO did not come; the message says what is there.
            TimeoutError: nobody writes to it.
            ValueError: it is no FIFO, as where the channel is in File mode.
        """
        number = self.epoch if epoch is None else epoch
        end = time.monotonic() + self.timeout
        path = self.path(number)
        self._wait_for(path, end)
        # O_NONBLOCK, or open(2) itself would wait for a writer, without a limit.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            waiter = select.poll()
            waiter.register(descriptor, select.POLLIN)
            if not waiter.poll(max(0.0, end - time.monotonic()) * 1000):
                raise TimeoutError("%s: nothing was written within %g s" % (path, self.timeout))
            flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
            fcntl.fcntl(descriptor, fcntl.F_SETFL, flags & ~os.O_NONBLOCK)
            stream = os.fdopen(descriptor, "rb", buffering=1 << 16)
        except BaseException:
            os.close(descriptor)
            raise
        self.epoch = number + 1
        return stream

    def records(self, epoch: Optional[int] = None) -> Iterator[bytes]:
        """Yields the records of an epoch of a channel with RecordWrapperType RecordIO."""
        with self.open(epoch) as stream:
            yield from read_records(stream)

    def samples(self, attributes: Sequence[str], epoch: Optional[int] = None) -> Iterator[Dict[str, bytes]]:
        """Yields the samples of an epoch of an augmented manifest with RecordWrapperType RecordIO."""
        with self.open(epoch) as stream:
            yield from read_samples(stream, attributes)

    def _wait_for(self, path: str, end: float) -> None:
        while True:
            try:
                mode = os.stat(path).st_mode
                break
            except FileNotFoundError:
                if time.monotonic() >= end:
                    raise FileNotFoundError(self._missing(path)) from None
                time.sleep(0.01)
        if not stat.S_ISFIFO(mode):
            raise ValueError("%s is no FIFO; is the channel's TrainingInputMode Pipe?" % path)

    def _missing(self, path: str) -> str:
        message = "%s: no such FIFO within %g s" % (path, self.timeout)
        if os.path.isdir(os.path.join(self.directory, self.channel)):
            return message + '; there is a directory "%s": is the channel in File mode?' % self.channel
        try:
            there = ", ".join(sorted(os.listdir(self.directory))) or "nothing"
        except OSError as error:
            there = "nothing that can be read (%s)" % error.strerror
        return "%s; %s holds %s" % (message, self.directory, there)
