"""Framework packages that bring the real toolkit, beneath the bridge.

They need a Python that has sagemaker-training 5.1.4, named by TOOLKIT_PYTHON; the recorded cases are the repository's.
"""

import json
import os
import signal
import subprocess
import unittest
from typing import Any, Dict, Tuple

from tests.support import BRIDGE, PYTHON, Ended, JobCase

CASES = PYTHON.parent / "Tests" / "RuntimeTests" / "Conformance" / "Cases"
TOOLKIT = os.environ.get("TOOLKIT_PYTHON", "")

#: The cause where a program died by a signal: what it printed before is not the reason.
SILENT = "the program said nothing"

#: Status, class and cause; the recorded answers tell less.
EXPECTED: Dict[str, Tuple[int, str, str]] = {
    "131-framework-oserror": (1, "FrameworkError", "FileNotFoundError: [Errno 2] No such file or directory"),
    "136-framework-keyerror": (1, "FrameworkError", "KeyError: 'boom'"),
    "140-framework-clienterror-2args": (1, "ClientError", "2: No such file or directory"),
    "141-framework-keyboardinterrupt": (130, "FrameworkError", "KeyboardInterrupt"),
    "150-capture-traceback": (1, "ExecuteUserScriptError", "ZeroDivisionError: division by zero"),
    "151-capture-chained": (1, "ExecuteUserScriptError", "RuntimeError: outer failed"),
    "155-capture-exit1-plain-stderr": (1, "ExecuteUserScriptError", "cannot open dataset"),
    "154-capture-exit3-silent": (3, "ExecuteUserScriptError", SILENT),
    "156-capture-early-warning": (1, "ExecuteUserScriptError", "ValueError: the real one"),
    "158-capture-sigkill": (137, "ExecuteUserScriptError", SILENT),
    "159-capture-sigsegv": (139, "ExecuteUserScriptError", SILENT),
    "248-capture-tf-named-error": (1, "ExecuteUserScriptError", "NotFoundError: no file"),
    "251-uncaught-in-framework-xla-path": (1, "FrameworkError", "RuntimeError: inside"),
}


@unittest.skipUnless(TOOLKIT and CASES.is_dir(), "TOOLKIT_PYTHON names no Python with sagemaker-training")
class ToolkitTests(JobCase):
    def lay(self, case: Dict[str, Any]) -> Dict[str, str]:
        for path, entry in case["files"].items():
            if entry.get("directory"):
                (self.base / path).mkdir(parents=True, exist_ok=True)
                continue
            self.write(path, entry["text"]).chmod(int(entry.get("mode", "644"), 8))
        given = {key: value.replace("@BASE@", str(self.base)) for key, value in case["environment"].items()}
        given["PYTHONPATH"] = os.pathsep.join([str(self.base / "code"), given["PYTHONPATH"]])
        given.update(PATH=os.path.dirname(TOOLKIT) + ":" + os.environ["PATH"], SM_STUDIO_LOCAL_MODE="true",
                     PYTHONUNBUFFERED="1", HOME=str(self.base))
        return given

    def replay(self, name: str) -> Tuple[Ended, Any]:
        case = json.loads((CASES / (name + ".json")).read_text(encoding="utf-8"))
        variables = self.lay(case)
        return self.bridge(case["environment"]["SAGEMAKER_TRAINING_MODULE"], TOOLKIT, **variables), case

    def test_each_recorded_failure_keeps_its_status_its_class_and_its_text(self) -> None:
        for name, (status, kind, cause) in EXPECTED.items():
            with self.subTest(name):
                self.setUp()
                ended, _ = self.replay(name)
                report = ended.report or {}
                self.assertEqual((ended.status, report.get("class"), report.get("cause")), (status, kind, cause))

    def test_a_program_whose_words_the_toolkit_did_not_keep_is_heard(self) -> None:
        """Python writes a name and a message in two pieces where it does not buffer, and the toolkit reads pieces."""
        ended, _ = self.replay("153-capture-weird-name")
        self.assertRegex((ended.report or {})["cause"], "custom$")

    def test_a_recorded_success_gives_the_program_the_same_arguments(self) -> None:
        for name in ("130-framework-ok", "169-capture-shell-entry"):
            with self.subTest(name):
                self.setUp()
                ended, case = self.replay(name)
                self.assertEqual((ended.status, ended.report), (0, None))
                dump = json.loads((self.base / "output" / "data" / "dump.json").read_text())
                self.assertEqual(dump["argv"], case["toolkit"]["argv"])
                self.assertEqual(dump["env"]["PYTHONPATH"].split(":")[0], str(self.base / "code"))

    def test_our_facts_are_the_toolkits(self) -> None:
        """With the files alone; what `train` exports is compared by the recorded cases."""
        self.configure(
            hyperparameters={"sagemaker_program": "\"my_train.py\"", "epochs": "3", "o": "{\"b\": [1, null]}",
                             "sagemaker_job_name": "\"j\"", "sagemaker_pytorch_ddp_enabled": "true"},
            inputdataconfig={"training": {"TrainingInputMode": "File"}, "x-y.z": {}},
            resourceconfig={"current_host": "algo-2", "hosts": ["algo-1", "algo-10", "algo-2"],
                            "current_group_name": "g", "current_instance_type": "ml.p3.2xlarge",
                            "instance_groups": [{"instance_group_name": "g", "instance_type": "ml.p3.2xlarge",
                                                 "hosts": ["algo-10", "algo-1", "algo-2"]}]})
        script = (
            "import json, sys\n"
            "from sagemaker_training.environment import Environment as Theirs\n"
            "from container_runtime import Environment as Ours\n"
            "theirs, ours = Theirs(), Ours()\n"
            "assert theirs.to_cmd_args() == ours.to_cmd_args()\n"
            "names = theirs.properties()\n"
            "json.dump({name: (getattr(theirs, name), getattr(ours, name)) for name in names}, sys.stdout)\n")
        said = subprocess.check_output([TOOLKIT, "-c", script], env=self.variables(TRAINING_JOB_NAME="job"))
        facts = json.loads(said)
        self.assertEqual(len(facts), 37)
        for name, (theirs, ours) in facts.items():
            with self.subTest(name):
                self.assertEqual(ours, theirs)

    def test_the_installations_own_words_are_the_cause(self) -> None:
        ended, _ = self.replay("167-capture-requirements-invalid")
        report = ended.report or {}
        self.assertEqual(report["class"], "InstallRequirementsError")
        self.assertTrue(report["cause"].startswith("ERROR: Invalid requirement: 'invalid/module'"), report["cause"])

    def test_a_script_that_answers_a_stop_is_waited_for(self) -> None:
        case = json.loads((CASES / "130-framework-ok.json").read_text(encoding="utf-8"))
        variables = self.lay(case)
        self.write("code/train.py", "import os, signal, sys, time\n"
                   "signal.signal(15, lambda *a: (time.sleep(0.5), os.write(1, b'saved\\n'), os._exit(0)))\n"
                   "print('ready')\ntime.sleep(60)\n")
        child = subprocess.Popen(
            [TOOLKIT, "-c", BRIDGE.read_text(encoding="utf-8"), "goldenfw:main"], env=variables,
            start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(self.end, child)
        assert child.stdout is not None
        self.addCleanup(child.stdout.close)
        while child.stdout.readline() not in (b"ready\n", b""):
            pass
        os.killpg(child.pid, signal.SIGTERM)
        self.assertEqual(child.wait(timeout=30), 0)
        self.assertIn(b"saved\n", child.stdout.read())
