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

#: Status, class and cause; the recorded answers tell less.
EXPECTED: Dict[str, Tuple[int, str, str]] = {
    "131-framework-oserror": (1, "FrameworkError", "FileNotFoundError: [Errno 2] No such file or directory"),
    "136-framework-keyerror": (1, "FrameworkError", "KeyError: 'boom'"),
    "140-framework-clienterror-2args": (1, "ClientError", "2: No such file or directory"),
    "141-framework-keyboardinterrupt": (130, "FrameworkError", "KeyboardInterrupt"),
    "150-capture-traceback": (1, "ExecuteUserScriptError", "ZeroDivisionError: division by zero"),
    "151-capture-chained": (1, "ExecuteUserScriptError", "RuntimeError: outer failed"),
    "154-capture-exit3-silent": (3, "ExecuteUserScriptError", ""),
    "156-capture-early-warning": (1, "ExecuteUserScriptError", "ValueError: the real one"),
    "158-capture-sigkill": (137, "ExecuteUserScriptError", ""),
    "159-capture-sigsegv": (139, "ExecuteUserScriptError", ""),
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

    def test_a_recorded_success_gives_the_program_the_same_arguments(self) -> None:
        for name in ("130-framework-ok", "169-capture-shell-entry"):
            with self.subTest(name):
                self.setUp()
                ended, case = self.replay(name)
                self.assertEqual((ended.status, ended.report), (0, None))
                dump = json.loads((self.base / "output" / "data" / "dump.json").read_text())
                self.assertEqual(dump["argv"], case["toolkit"]["argv"])
                self.assertEqual(dump["env"]["PYTHONPATH"].split(":")[0], str(self.base / "code"))

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
