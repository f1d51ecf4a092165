"""Checkpoints: whole or not at all, and never deleted while the platform copies them."""

import errno
import os
import time
from pathlib import Path
from typing import List
from unittest import mock

from container_runtime.checkpoints import Checkpoints
from tests.support import JobCase


class CheckpointTests(JobCase):
    def setUp(self) -> None:
        super().setUp()
        self.directory = self.base / "checkpoints"
        self.checkpoints = Checkpoints(str(self.directory))

    def names(self) -> List[str]:
        return sorted(name for name in os.listdir(self.directory) if not name.startswith(".train-save-"))

    def save(self, name: str, text: str = "weights") -> None:
        with self.checkpoints.save(name) as path:
            Path(path).write_text(text)

    def test_the_place_is_the_one_of_the_job(self) -> None:
        self.environ(SM_CHECKPOINT_DIR="/ml/elsewhere")
        self.assertEqual(Checkpoints().directory, "/ml/elsewhere")

    def test_there_is_none_before_the_first(self) -> None:
        self.assertIsNone(self.checkpoints.newest())
        self.assertEqual(self.checkpoints.all(), [])

    def test_nothing_has_its_name_before_it_is_whole(self) -> None:
        with self.checkpoints.save("epoch-1.npz") as path:
            Path(path).write_text("half")
            self.assertEqual(self.names(), ["epoch-1.npz.sagemaker-ignore"])
            self.assertIsNone(self.checkpoints.newest())
        self.assertEqual(self.names(), ["epoch-1.npz"])
        self.assertEqual(self.checkpoints.newest(), str(self.directory / "epoch-1.npz"))

    def test_a_save_that_fails_leaves_what_was_there(self) -> None:
        self.save("last", "old")
        with self.assertRaises(ZeroDivisionError):
            with self.checkpoints.save("last") as path:
                Path(path).write_text("new")
                1 / 0
        self.assertEqual(self.names(), ["last"])
        self.assertEqual((self.directory / "last").read_text(), "old")

    def test_a_save_without_anything_written_is_an_error(self) -> None:
        with self.assertRaises(FileNotFoundError):
            with self.checkpoints.save("empty"):
                pass

    def test_a_file_system_that_cannot_sync_is_no_fault(self) -> None:
        for number in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EIO):
            with mock.patch("os.fsync", side_effect=OSError(number, "fsync")):
                if number == errno.EIO:
                    self.assertRaises(OSError, self.save, "epoch-%d" % number)
                else:
                    self.save("epoch-%d" % number)
        self.assertEqual(len(self.names()), 3)

    def test_a_library_that_adds_an_ending_is_understood(self) -> None:
        with self.checkpoints.save("epoch-2.npz") as path:
            Path(path + ".npz").write_text("as numpy.savez does")
        self.assertEqual(self.names(), ["epoch-2.npz"])

    def test_names_that_leave_the_directory_or_are_the_platforms_are_refused(self) -> None:
        for name in ("", ".", "..", "../x", "a/b", "/x", "x.sagemaker-ignore", "x.sagemaker-uploaded"):
            with self.subTest(name), self.assertRaises(ValueError):
                with self.checkpoints.save(name):
                    pass

    def test_the_last_number_of_the_name_decides_and_not_the_time(self) -> None:
        for number in (9, 100, 10):
            self.save("model-v2-epoch-%d.pt" % number)
        os.utime(self.directory / "model-v2-epoch-9.pt", (2e9, 2e9))
        self.assertEqual([Path(path).name for path in self.checkpoints.all()],
                         ["model-v2-epoch-9.pt", "model-v2-epoch-10.pt", "model-v2-epoch-100.pt"])

    def test_without_numbers_time_decides(self) -> None:
        self.save("b")
        self.save("a")
        os.utime(self.directory / "b", (time.time() - 100, time.time() - 100))
        self.assertEqual(self.checkpoints.newest(), str(self.directory / "a"))

    def test_marks_and_half_written_files_are_no_checkpoints(self) -> None:
        self.save("epoch-1")
        for ending in (".sagemaker-ignore", ".sagemaker-uploading", ".sagemaker-uploaded"):
            (self.directory / ("epoch-9" + ending)).write_text("x")
        (self.directory / ".hidden-9").write_text("x")
        (self.directory / "epoch-8").write_text("")
        self.assertEqual([Path(path).name for path in self.checkpoints.all()], ["epoch-1"])

    def test_a_directory_is_complete_when_all_of_its_list_is_there(self) -> None:
        with self.checkpoints.save("step-5") as path:
            os.makedirs(path + "/deep")
            Path(path, "deep", "weights").write_text("12345")
            Path(path, "state").write_text("1")
        newest = str(self.directory / "step-5")
        self.assertEqual(self.checkpoints.newest(), newest)
        Path(newest, "deep", "weights").write_text("1234")
        self.assertIsNone(self.checkpoints.newest())
        Path(newest, "deep", "weights").unlink()
        self.assertIsNone(self.checkpoints.newest())
        Path(newest, ".complete.json").write_text("{half")
        self.assertIsNone(self.checkpoints.newest())

    def test_a_directory_may_take_the_place_of_another(self) -> None:
        for text in ("one", "two"):
            with self.checkpoints.save("last") as path:
                os.mkdir(path)
                Path(path, "weights").write_text(text)
        self.assertEqual((self.directory / "last" / "weights").read_text(), "two")

    def test_a_directory_of_another_library_counts_when_nothing_in_it_is_unfinished(self) -> None:
        other = self.directory / "checkpoint-500"
        other.mkdir(parents=True)
        self.assertIsNone(self.checkpoints.newest())
        (other / "model.bin").write_text("x")
        self.assertEqual(self.checkpoints.newest(), str(other))
        (other / "optimizer.pt.sagemaker-ignore").write_text("x")
        self.assertIsNone(self.checkpoints.newest())

    def test_the_oldest_go_but_for_those_on_their_way(self) -> None:
        for number in range(5):
            self.save("epoch-%d" % number)
        (self.directory / "epoch-0.sagemaker-uploading").write_text("")
        self.assertEqual([Path(path).name for path in self.checkpoints.keep(2)], ["epoch-1", "epoch-2"])
        self.assertEqual(self.names(), ["epoch-0", "epoch-0.sagemaker-uploading", "epoch-3", "epoch-4"])
        (self.directory / "epoch-0.sagemaker-uploading").unlink()
        self.assertEqual([Path(path).name for path in self.checkpoints.keep(2)], ["epoch-0"])
        with self.assertRaises(ValueError):
            self.checkpoints.keep(0)

    def test_a_directory_stays_while_a_file_in_it_is_on_its_way(self) -> None:
        for number in range(2):
            with self.checkpoints.save("step-%d" % number) as path:
                os.mkdir(path)
                Path(path, "weights").write_text("x")
        (self.directory / "step-0" / "weights.sagemaker-uploading").write_text("")
        self.assertEqual(self.checkpoints.keep(1), [])
