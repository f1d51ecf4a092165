"""Examples/keras-like: a real training on real data, by a framework of one function."""

import os
import re
import subprocess
import sys
import unittest
from typing import Any, Dict

from tests.support import PYTHON, JobCase

EXAMPLE = PYTHON.parent / "Examples" / "keras-like"

try:
    import numpy
except ImportError:  # the example's own dependency, none of the package's
    numpy: Any = None  # type: ignore[no-redef]


@unittest.skipUnless(numpy and EXAMPLE.is_dir(), "NumPy is not installed, or the examples are not here")
class ExampleTests(JobCase):
    def run_example(self) -> "subprocess.CompletedProcess[str]":
        variables: Dict[str, str] = {"PATH": os.environ["PATH"], "TRAIN": "no-train-here"}
        variables["TRAIN_PYTHON"] = sys.executable
        return subprocess.run([str(EXAMPLE / "run"), str(self.base)], env=variables, universal_newlines=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)

    def test_the_model_learns_and_a_second_run_resumes(self) -> None:
        done = self.run_example()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        losses = [float(text) for text in re.findall(r"loss=([\d.]+);", done.stdout)]
        self.assertEqual(len(losses), 30)
        self.assertLess(losses[-1], losses[0] / 3)
        found = re.search(r"validation accuracy=([\d.]+);", done.stdout)
        assert found is not None
        self.assertGreaterEqual(float(found.group(1)), 0.9)
        self.assertTrue((self.base / "model" / "model.npz").is_file())
        self.assertEqual(sorted(path.name for path in (self.base / "checkpoints").glob("epoch-*")),
                         ["epoch-27.npz", "epoch-28.npz", "epoch-29.npz"])
        (self.base / "checkpoints" / "epoch-29.npz").unlink()
        self.assertIn("resumed from epoch-28.npz\nepoch 29: ", self.run_example().stdout)

    def test_a_user_who_returns_nothing_is_told(self) -> None:
        done = self.run_example()
        self.write("code/train.py", "def train(training_dir, hyperparameters): pass\n")
        # `run` copies the example's own program, so the function is called as `train` calls it.
        paths = [str(EXAMPLE / "framework"), str(PYTHON)]
        ended = self.bridge("keras_like:train_fn", PYTHONPATH=os.pathsep.join(paths))
        report = ended.report or {}
        self.assertEqual((done.returncode, ended.status), (0, 1))
        self.assertEqual(report["cause"], "TypeError: train() has to return a keras_like.Sequential, not NoneType")
