"""What `keep` deletes: what this class saved, by its own record, and nothing else."""

import json
import os
import shutil
import warnings
from pathlib import Path
from typing import Any, List

from container_runtime import _records
from container_runtime.checkpoints import Checkpoints
from tests.support import JobCase


class KeepTests(JobCase):
    def setUp(self) -> None:
        super().setUp()
        self.environ()
        self.directory = self.base / "checkpoints"
        self.checkpoints = Checkpoints(str(self.directory))

    def names(self) -> List[str]:
        """What a person sees in the directory."""
        return sorted(name for name in os.listdir(self.directory) if not name.startswith("."))

    def save(self, *names: str, checkpoints: Any = None) -> None:
        for name in names:
            with (checkpoints or self.checkpoints).save(name) as path:
                Path(path).write_text("weights")

    def save_directory(self, name: str) -> Path:
        with self.checkpoints.save(name) as path:
            os.mkdir(path)
            for file in ("weights", "state"):
                Path(path, file).write_text("x")
        return self.directory / name

    def keep(self, count: int, checkpoints: Any = None) -> List[str]:
        return [os.path.basename(path) for path in (checkpoints or self.checkpoints).keep(count)]

    def record(self, name: str) -> Path:
        return self.directory / (".train-save-%s.json" % name)

    def of(self, host: str, **more: str) -> Checkpoints:
        """The checkpoints as another process sees them."""
        self.environ(SM_CURRENT_HOST=host, **more)
        return Checkpoints(str(self.directory))

    def test_what_others_wrote_stays(self) -> None:
        strangers = ["epoch-1", "last.ckpt", "best", "events.out.tfevents.17", "config.json", "step-0"]
        for name in ("last.ckpt", "epoch-1", "best/weights", "events.out.tfevents.17", "config.json", "step-0/weights"):
            self.write("checkpoints/" + name, "theirs")
        self.save("epoch-2", "epoch-3", "epoch-4")
        self.assertEqual(self.keep(1), ["epoch-2", "epoch-3"])
        self.assertEqual(self.names(), sorted(strangers + ["epoch-4"]))

    def test_the_order_of_saving_decides_and_not_the_number(self) -> None:
        self.save("epoch-9", "epoch-10", "b", "a", "epoch-2")
        os.utime(self.directory / "epoch-9", (2e9, 2e9))
        self.assertEqual(self.keep(2), ["epoch-9", "epoch-10", "b"])
        self.save("a")
        self.assertEqual(self.keep(1), ["epoch-2"])
        self.assertEqual(self.names(), ["a"])

    def test_what_another_put_in_the_place_of_an_own_one_stays(self) -> None:
        self.save("last", "best")
        step = self.save_directory("step-1")
        self.save("linked")
        self.write("checkpoints/last", "of another library")
        self.write("checkpoints/step-1/notes.txt", "mine")
        (self.directory / "best").unlink()
        self.write("checkpoints/best/weights", "theirs")
        (self.directory / "linked").unlink()
        (self.directory / "linked").symlink_to("last")
        self.save("epoch-1", "epoch-2")
        self.assertEqual(self.keep(1), ["epoch-1"])
        self.assertEqual(self.names(), ["best", "epoch-2", "last", "linked", "step-1"])
        (step / "notes.txt").unlink()
        self.write("checkpoints/step-1/weights.sagemaker-uploaded", "")
        self.assertEqual(self.keep(1), ["step-1"])

    def test_the_newest_whole_one_stays(self) -> None:
        self.save("epoch-1", "epoch-2")
        (self.save_directory("step-3") / "weights").unlink()
        self.write("checkpoints/step-3/state", "of another size")
        self.save("epoch-4")
        self.write("checkpoints/epoch-4", "of another library")
        self.assertEqual(self.keep(1), ["epoch-1"])
        self.assertEqual(self.names(), ["epoch-2", "epoch-4", "step-3"])

    def test_a_directory_that_was_deleted_in_part_goes_the_next_time(self) -> None:
        (self.save_directory("step-1") / "weights").unlink()
        self.save("epoch-2")
        self.assertEqual(self.keep(1), ["step-1"])
        self.assertEqual(self.names(), ["epoch-2"])

    def test_a_directory_is_never_taken_for_whole_while_it_is_deleted(self) -> None:
        step = self.save_directory("step-1")
        self.save("epoch-2")
        seen = []
        unlink = os.unlink

        def look(path: Any, **more: Any) -> None:
            unlink(path, **more)
            if step.exists():
                seen.append(self.checkpoints.all())

        os.unlink = look
        self.addCleanup(setattr, os, "unlink", unlink)
        self.keep(1)
        self.assertEqual(seen, [[str(self.directory / "epoch-2")]] * len(seen))
        self.assertGreaterEqual(len(seen), 2)

    def test_a_directory_that_came_back_is_continued(self) -> None:
        self.save("epoch-10", "epoch-11", "epoch-2")
        self.save_directory("step-3")
        restored = self.base / "restored"
        shutil.copytree(self.directory, restored, copy_function=shutil.copyfile)
        for number, name in enumerate(sorted(os.listdir(restored))):
            os.utime(restored / name, (1e9 - number, 1e9 - number))
        shutil.rmtree(self.directory)
        restored.rename(self.directory)
        self.checkpoints = Checkpoints(str(self.directory))
        self.save("epoch-3")
        self.assertEqual(self.keep(3), ["epoch-10", "epoch-11"])
        self.assertEqual(self.keep(1), ["epoch-2", "step-3"])

    def test_each_host_and_each_rank_keeps_its_own(self) -> None:
        writers = {"a": self.of("algo-1"), "b": self.of("algo-2"), "c": self.of("algo-1", RANK="1"),
                   "d": self.of("algo-1", OMPI_COMM_WORLD_RANK="2")}
        for epoch in range(1, 4):
            for name, checkpoints in writers.items():
                self.save("epoch-%d-%s" % (epoch, name), checkpoints=checkpoints)
        for name, checkpoints in writers.items():
            self.assertEqual(self.keep(2, checkpoints), ["epoch-1-" + name])
        self.assertEqual(len(self.names()), 8)
        # Rank 0 is what a program without ranks is, and so is a run without a job.
        self.assertEqual(self.keep(1, self.of("algo-1", RANK="0")), ["epoch-2-a"])
        self.assertEqual(self.keep(1, self.of("")), [])

    def test_the_host_is_the_job_s(self) -> None:
        self.configure(resourceconfig={"current_host": "algo-2", "hosts": ["algo-1", "algo-2"]})
        with Checkpoints().save("epoch-1") as path:
            Path(path).write_text("x")
        self.assertEqual(json.loads(self.record("epoch-1").read_text())["host"], "algo-2")

    def test_one_without_a_record_stays(self) -> None:
        self.save("epoch-1", "epoch-2", "epoch-3")
        self.record("epoch-1").unlink()
        self.assertEqual(self.keep(1), ["epoch-2"])
        self.assertEqual(self.names(), ["epoch-1", "epoch-3"])

    def test_a_record_is_never_of_what_was_there_before(self) -> None:
        self.save("last", "epoch-1")
        replace = os.replace

        def die(old: str, new: str) -> None:
            replace(old, new)
            raise KeyboardInterrupt

        os.replace = die  # type: ignore[assignment]
        self.addCleanup(setattr, os, "replace", replace)
        with self.assertRaises(KeyboardInterrupt):
            self.save("last")
        os.replace = replace
        self.save("epoch-2")
        self.assertEqual(self.keep(1), ["epoch-1"])
        self.assertEqual(self.names(), ["epoch-2", "last"])

    def test_a_damaged_record_saves_its_checkpoint(self) -> None:
        own = {"host": "algo-1", "rank": 0, "order": 1, "size": 7}
        damaged: List[Any] = [dict(own, **change) for change in (
            {"host": 1}, {"host": "algo-2"}, {"rank": None}, {"rank": False}, {"rank": 0.0}, {"order": "1"},
            {"order": -1}, {"order": 1 << 53}, {"order": True}, {"size": "7"}, {"size": 7.0}, {"size": None})]
        damaged += [{key: value for key, value in own.items() if key != left_out} for left_out in own]
        damaged += [[], None, 1, "x"]
        texts = [json.dumps(one) for one in damaged] + [
            "", "{", json.dumps(own)[:-1], json.dumps(own) + "x", "\0" * 80, "[" * 4000, json.dumps(own) + " " * 5000]
        raw = [text.encode() for text in texts] + [b"\xff\xfe" + json.dumps(own).encode("utf-16-le")]
        self.save("epoch-1", "epoch-2")
        for one in raw:
            with self.subTest(one[:80]):
                self.record("epoch-1").write_bytes(one)
                self.assertEqual(self.keep(1), [])
        self.record("epoch-1").write_text(json.dumps(own))
        self.assertEqual(self.keep(1), ["epoch-1"])

    def test_a_record_that_is_no_file_counts_for_nothing(self) -> None:
        self.save("a", "b", "c", "d")
        elsewhere = self.base / "record"
        self.record("a").rename(elsewhere)
        self.record("a").symlink_to(elsewhere)
        self.record("b").unlink()
        self.record("b").mkdir()
        self.record("c").unlink()
        os.mkfifo(self.record("c"))
        self.assertEqual(self.keep(1), [])
        self.save("a")
        self.assertEqual(json.loads(elsewhere.read_text())["order"], 1, "not written through the link")
        self.write("checkpoints/.train-save-b.json/theirs", "x")
        with self.assertRaises(OSError):
            self.save("b")
        self.assertTrue((self.record("b") / "theirs").exists())
        self.assertEqual((self.directory / "b").read_text(), "weights")

    def test_a_hostile_record_leads_nowhere(self) -> None:
        self.write("outside", "theirs!")
        self.write("checkpoints/deep/er", "theirs!")
        self.write("checkpoints/.hidden", "theirs!")
        self.save("epoch-1", "epoch-2")
        text = json.dumps({"host": "algo-1", "rank": 0, "order": 0, "size": 7})
        # Names with a slash cannot be in the name of a file; these are what is left.
        for name in ("", ".", "..", ".hidden", "deep", ".train-save-epoch-2.json", ".train-save-..json",
                     "epoch-2.sagemaker-ignore", "gone"):
            self.record(name).write_text(text)
        self.write("checkpoints/epoch-2.sagemaker-ignore", "another's")
        size = len(self.record("epoch-2").read_text())
        self.record(self.record("epoch-2").name).write_text(text.replace("7", str(size)))
        self.assertEqual(self.keep(1), ["epoch-1"])
        for path in ("outside", "checkpoints/deep/er", "checkpoints/.hidden", "checkpoints/epoch-2",
                     "checkpoints/epoch-2.sagemaker-ignore"):
            self.assertTrue((self.base / path).exists(), path)
        self.assertTrue(self.record("epoch-2").exists())
        self.assertFalse(self.record("gone").exists(), "the record of one that is gone goes too")

    def test_a_hostile_list_saves_its_directory(self) -> None:
        for text in ("", "[]", "1", "[" * 100_000, '{"weights": "x"}', '{"../outside": 7, "state": 1}'):
            with self.subTest(text[:20]):
                step = self.save_directory("step-1")
                self.save("epoch-2")
                (step / ".complete.json").write_text(text)
                self.assertEqual(self.keep(1), [])

    def test_nothing_goes_while_it_or_its_record_is_on_its_way(self) -> None:
        self.save("epoch-1", "epoch-2")
        mark = Path(str(self.record("epoch-1")) + ".sagemaker-uploading")
        mark.write_text("")
        self.assertEqual(self.keep(1), [])
        mark.unlink()
        self.assertEqual(self.keep(1), ["epoch-1"])

    def test_a_record_is_no_checkpoint_and_goes_with_its_own(self) -> None:
        self.save("1", "epoch-2")
        self.assertEqual(sorted(path.name for path in self.directory.iterdir()),
                         [".train-save-1.json", ".train-save-epoch-2.json", "1", "epoch-2"])
        self.assertEqual(self.checkpoints.all(), [str(self.directory / "1"), str(self.directory / "epoch-2")])
        self.keep(1)
        (self.directory / "epoch-2").unlink()
        self.assertIsNone(self.checkpoints.newest())
        self.assertEqual(os.listdir(self.directory), [".train-save-epoch-2.json"])

    def test_a_save_without_a_record_is_a_save(self) -> None:
        def refuse(*_: Any, **__: Any) -> None:
            raise OSError("no space")

        _records.open = refuse  # type: ignore[attr-defined]
        self.addCleanup(delattr, _records, "open")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.save("epoch-1")
        self.assertEqual(self.names(), ["epoch-1"])
        self.assertIn("epoch-1: keep will not delete", str(caught[0].message))
        self.assertEqual(caught[0].filename, __file__)

    def test_a_name_that_can_be_saved_can_be_on_record(self) -> None:
        name = "n" * (255 - len(".sagemaker-ignore"))
        self.save(name, "epoch-1")
        self.assertEqual(self.keep(1), [name])

    def test_less_than_one_is_an_error(self) -> None:
        self.save("epoch-1")
        for count in (0, -1):
            with self.assertRaises(ValueError):
                self.checkpoints.keep(count)
        self.assertEqual(self.names(), ["epoch-1"])
