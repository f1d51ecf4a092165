"""Pipe mode and RecordIO, against a feeder in a thread that does what the platform does."""

import io
import os
import struct
import threading
import time
from typing import Callable, Dict, List

from container_runtime.pipe import PipeChannel
from container_runtime.recordio import RecordIOError, frame, read_records, read_samples
from tests.support import JobCase


class PipeTests(JobCase):
    def setUp(self) -> None:
        super().setUp()
        self.data = self.base / "input" / "data"
        self.failures: List[BaseException] = []

    def feed(self, *epochs: bytes, delay: float = 0.0) -> None:
        """Makes the FIFO of each epoch, writes it, closes it, removes it, as the platform does."""

        def work() -> None:
            for epoch, payload in enumerate(epochs):
                path = str(self.data / ("training_%d" % epoch))
                time.sleep(delay)
                os.mkfifo(path)
                time.sleep(delay)
                descriptor = os.open(path, os.O_WRONLY)
                try:
                    rest = memoryview(payload)
                    while rest:
                        rest = rest[os.write(descriptor, rest[:5000]):]
                except BrokenPipeError as error:
                    self.failures.append(error)
                finally:
                    os.close(descriptor)
                    os.unlink(path)

        feeder = threading.Thread(target=work, daemon=True)
        feeder.start()
        self.addCleanup(feeder.join, 20)

    def channel(self, timeout: float = 20) -> PipeChannel:
        return PipeChannel("training", str(self.data), timeout=timeout)

    def test_epochs_follow_each_other(self) -> None:
        self.feed(b"a\nb\n", b"c\n", b"")
        channel, seen = self.channel(), []
        for _ in range(3):
            with channel.open() as stream:
                seen.append(stream.read())
        self.assertEqual(seen, [b"a\nb\n", b"c\n", b""])

    def test_a_late_fifo_and_a_late_writer_are_waited_for(self) -> None:
        self.feed(b"late", delay=0.3)
        with self.channel().open() as stream:
            self.assertEqual(stream.read(), b"late")

    def test_the_place_is_the_one_of_the_job(self) -> None:
        self.environ()
        self.assertEqual(PipeChannel("x").path(2), str(self.data / "x_2"))

    def test_a_writer_that_pauses_is_waited_for(self) -> None:
        path = str(self.data / "training_0")
        os.mkfifo(path)

        def work() -> None:
            descriptor = os.open(path, os.O_WRONLY)
            for piece in (b"one ", b"two"):
                os.write(descriptor, piece)
                time.sleep(0.3)
            os.close(descriptor)

        feeder = threading.Thread(target=work, daemon=True)
        feeder.start()
        self.addCleanup(feeder.join, 20)
        with self.channel().open() as stream:
            self.assertEqual(stream.read(), b"one two")

    def test_a_stream_may_be_closed_early(self) -> None:
        self.feed(b"x" * 5_000_000, b"next")
        channel = self.channel()
        with channel.open() as stream:
            self.assertEqual(stream.read(3), b"xxx")
        with channel.open() as stream:
            self.assertEqual(stream.read(), b"next")
        self.assertIsInstance(self.failures[0], BrokenPipeError)

    def test_records_larger_than_a_pipe_arrive_whole(self) -> None:
        payloads = [b"", b"a", os.urandom(300_001), b"1234"]
        self.feed(b"".join(map(frame, payloads)))
        self.assertEqual(list(self.channel().records()), payloads)

    def test_samples_have_the_attributes_in_order(self) -> None:
        self.feed(b"".join(map(frame, [b"image", b"1", b"another", b"2"])))
        self.assertEqual(list(self.channel().samples(["source-ref", "label"])),
                         [{"source-ref": b"image", "label": b"1"}, {"source-ref": b"another", "label": b"2"}])

    def test_what_does_not_come_is_told_with_what_is_there(self) -> None:
        (self.data / "validation_0").write_text("")
        with self.assertRaisesRegex(FileNotFoundError, "training_0: no such FIFO within 0.05 s; .* holds validation_0"):
            self.channel(0.05).open()
        (self.data / "training").mkdir()
        with self.assertRaisesRegex(FileNotFoundError, "is the channel in File mode?"):
            self.channel(0.05).open()

    def test_a_fifo_without_a_writer_is_given_up(self) -> None:
        os.mkfifo(str(self.data / "training_0"))
        with self.assertRaisesRegex(TimeoutError, "nothing was written within 0.05 s"):
            self.channel(0.05).open()

    def test_a_file_is_no_fifo(self) -> None:
        (self.data / "training_0").write_text("x")
        with self.assertRaisesRegex(ValueError, "is no FIFO"):
            self.channel().open()


class RecordTests(JobCase):
    def test_the_bytes_of_a_record_are_those_of_the_format(self) -> None:
        self.assertEqual(frame(b"hello").hex(), "0a23d7ce" + "05000000" + b"hello".hex() + "000000")

    def test_parts_are_put_together_with_the_magic_between_them(self) -> None:
        def part(kind: int, payload: bytes) -> bytes:
            padding = b"\0" * (-len(payload) % 4)
            return struct.pack("<II", 0xCED7230A, kind << 29 | len(payload)) + payload + padding

        magic = struct.pack("<I", 0xCED7230A)
        stream = part(1, b"abcd") + part(2, b"efgh") + part(3, b"i") + part(0, b"z")
        self.assertEqual(list(read_records(io.BytesIO(stream))), [b"abcd" + magic + b"efgh" + magic + b"i", b"z"])
        for wrong in (part(2, b"abcd"), part(3, b"abcd"), part(1, b"abcd") + part(0, b"x"), part(5, b"abcd")):
            with self.assertRaisesRegex(RecordIOError, "does not follow"):
                list(read_records(io.BytesIO(wrong)))

    def test_every_cut_is_an_error_that_says_where(self) -> None:
        whole = frame(b"first record") + frame(b"second")
        for cut in range(len(whole)):
            if cut in (0, len(frame(b"first record"))):
                continue
            words = r"record [01] at byte (0|20): the stream ends"
            with self.subTest(cut), self.assertRaisesRegex(RecordIOError, words):
                list(read_records(io.BytesIO(whole[:cut])))

    def test_other_faults_are_named(self) -> None:
        table: Dict[str, Callable[[], object]] = {
            r"record 1 at byte 12 begins with 0x64636261, expected 0xCED7230A; is .*RecordIO\?":
                lambda: list(read_records(io.BytesIO(frame(b"abcd") + b"abcdefgh"))),
            "within a sample: c not there":
                lambda: list(read_samples(io.BytesIO(frame(b"1") + frame(b"2")), ["a", "b", "c"][:3])),
        }
        for words, action in table.items():
            with self.subTest(words), self.assertRaisesRegex(RecordIOError, words):
                action()
        with self.assertRaisesRegex(ValueError, "AttributeNames"):
            list(read_samples(io.BytesIO(b""), []))
