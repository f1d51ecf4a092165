"""Function-style frameworks, beneath the bridge."""

import signal
import subprocess
import sys
from typing import Any, Dict

from tests.support import BRIDGE, JobCase

FRAMEWORK = """
import json, os
from container_runtime import Training

def train_fn(user_module, training_environment):
    model = user_module.train(training_environment.channel_input_dirs["training"],
                              training_environment.hyperparameters)
    model["saved"] = True
    with open(os.path.join(training_environment.model_dir, "model.json"), "w") as file:
        json.dump(model, file)

def main():
    Training.from_train_fn(train_fn=train_fn).run()
"""

USER = """
import helper
def train(training_dir, hyperparameters):
    return helper.fit(training_dir, hyperparameters)
"""


class TrainingTests(JobCase):
    def setUp(self) -> None:
        super().setUp()
        self.write("framework/fw.py", FRAMEWORK)
        self.write("code/helper.py", "def fit(place, values): return {'place': place, 'values': values}\n")
        self.configure(hyperparameters={"sagemaker_program": "train.py", "epochs": "3"})
        self.configure(inputdataconfig={"training": {}})

    def saved(self) -> str:
        return (self.base / "model" / "model.json").read_text()

    def failed(self, function: str = "fw:main") -> Dict[str, Any]:
        ended = self.bridge(function)
        self.assertNotEqual(ended.status, 0)
        assert ended.report is not None
        return ended.report

    def test_the_module_of_the_user_is_trained(self) -> None:
        self.write("code/train.py", USER)
        for function in ("fw:main", "fw:train_fn"):
            with self.subTest(function):
                ended = self.bridge(function)
                self.assertEqual((ended.status, ended.errors), (0, ""))
                self.assertIn('"epochs": 3', self.saved())
                self.assertIn('"saved": true', self.saved())

    def test_the_program_may_lie_deeper_or_be_named_otherwise(self) -> None:
        self.write("code/deep/er/my_train.py", USER)
        self.configure(hyperparameters={"sagemaker_program": "deep/er/my_train.py"})
        self.assertEqual(self.bridge("fw:main").status, 0)
        self.write("code/own.py", USER)
        self.configure(hyperparameters={"default_user_module_name": "own"})
        self.assertEqual(self.bridge("fw:main").status, 0)

    def test_a_program_with_the_name_of_another_module_is_still_the_users(self) -> None:
        self.write("code/json.py", "NAME = __name__\n" + USER)
        self.write("code/fw.py", USER)
        for name in ("json.py", "fw.py"):
            with self.subTest(name):
                self.configure(hyperparameters={"sagemaker_program": name}, inputdataconfig={"training": {}})
                self.assertEqual(self.bridge("fw:main").status, 0)

    def test_relative_paths_of_the_user_begin_at_the_code(self) -> None:
        self.write("code/train.py", "import os\ndef train(*unused): return {'at': os.getcwd()}\n")
        self.assertEqual(self.bridge("fw:main").status, 0)
        self.assertIn('"at": "%s"' % (self.base / "code"), self.saved())

    def test_a_script_finds_what_lies_beside_it(self) -> None:
        self.write("code/deep/train.py", USER.replace("helper", "beside"))
        self.write("code/deep/beside.py", "def fit(place, values): return {}\n")
        self.configure(hyperparameters={"sagemaker_program": "deep/train.py"})
        self.assertEqual(self.bridge("fw:main").status, 0)

    def test_a_package_may_be_named_by_its_module(self) -> None:
        self.write("code/setup.py", "")
        self.write("code/pkg/__init__.py", "")
        self.write("code/pkg/work.py", "from .inner import train\n")
        self.write("code/pkg/inner.py", USER)
        for name in ("pkg.work", "pkg/work.py"):
            with self.subTest(name):
                self.configure(hyperparameters={"sagemaker_program": name})
                self.assertEqual(self.bridge("fw:main").status, 0)

    def test_another_module_of_the_name_does_not_stand_in_for_a_missing_program(self) -> None:
        self.write("framework/train.py", USER)
        self.assertIn('"train.py" is not there', self.failed()["cause"])

    def test_a_missing_program_lists_what_is_there(self) -> None:
        report = self.failed()
        self.assertEqual(report["class"], "ImportModuleError")
        self.assertRegex(report["cause"], r'"train.py" is not there: .*/code holds .*helper.py')

    def test_a_program_that_cannot_be_imported_says_why(self) -> None:
        self.write("code/train.py", "import nothing_of_that_name\n")
        report = self.failed()
        self.assertEqual(report["class"], "ImportModuleError")
        self.assertIn("ModuleNotFoundError: No module named 'nothing_of_that_name'", report["cause"])
        self.write("code/train.py", "def f(:\n")
        self.assertIn("SyntaxError", self.failed()["cause"])

    def test_what_the_user_did_not_offer_is_named(self) -> None:
        self.write("code/train.py", "")
        self.assertIn("has no attribute 'train'", self.failed()["cause"])

    def test_a_missing_channel_is_named_with_those_that_are_there(self) -> None:
        self.write("code/train.py", USER)
        self.configure(inputdataconfig={"train": {}})
        self.assertIn('no channel "training"; the channels of this job: train', self.failed()["cause"])

    def test_a_module_runs_as_a_program(self) -> None:
        self.write("framework/whole.py", "if __name__ == '__main__': print('as a program')\n")
        self.write("framework/fw2.py", "from container_runtime import Training\n"
                   "def main(): Training.from_module('whole').run()\n")
        self.assertEqual(self.bridge("fw2:main").output, "as a program\n")

    def test_a_stop_ends_a_function_style_training_although_a_worker_catches_it(self) -> None:
        worker = "import os, signal, time; signal.signal(15, lambda *a: None); os.write(1, b'ready\\n'); time.sleep(20)"
        self.write("code/train.py", "import subprocess, sys, time\ndef train(*unused):\n"
                   "    subprocess.Popen([sys.executable, '-c', %r])\n    time.sleep(60)\n" % worker)
        child = subprocess.Popen(
            [sys.executable, "-c", BRIDGE.read_text(encoding="utf-8"), "fw:main"], env=self.variables(),
            start_new_session=True, stdout=subprocess.PIPE)
        self.addCleanup(self.end, child)
        assert child.stdout is not None
        self.addCleanup(child.stdout.close)
        self.assertEqual(child.stdout.readline(), b"ready\n")
        child.send_signal(signal.SIGTERM)
        self.assertEqual(child.wait(timeout=15), -signal.SIGTERM)
