"""A framework's function, called by the bridge in a process of its own."""

import os
import select
import signal
import subprocess
import sys
import unittest
from typing import Any, Dict, Tuple

from container_runtime import _bridge
from tests.support import BRIDGE, JobCase

FRAMEWORK = """
import errno, os, signal, socket, subprocess, sys, threading, time
value = 5
class Coded(Exception):
    def __init__(self, code): super().__init__("coded"); self.return_code = code
class Own(Exception):
    failure_class = "DataError"
class Unprintable(Exception):
    def __str__(self): raise RuntimeError("no")
class Kaboom(BaseException): pass
def fine(): print("fine", sys.argv)
def zero(): sys.exit(0)
def nothing(): sys.exit(None)
def five(): sys.exit(5)
def text(): sys.exit("no data today")
def wraps(): sys.exit(256)
def key(): raise KeyError("boom")
def system(): raise OSError(errno.ENOENT, "No such file or directory")
def gai(): raise socket.gaierror(-2, "Name or service not known")
def chained():
    try: {}["k"]
    except KeyError as error: raise RuntimeError("outer failed") from error
def lines(): raise ValueError("first\\nsecond")
def interrupted(): raise KeyboardInterrupt()
def kaboom(): raise Kaboom("custom")
def unprintable(): raise Unprintable()
def surrogate(): raise ValueError("bad \\udc80 byte")
def own(): raise Own("column 3 is empty")
def called(): subprocess.run([sys.executable, "-c", "raise SystemExit(7)"], check=True)
def killed(): subprocess.run([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], check=True)
def coded(code): raise Coded(code)
def three(): coded(3)
def nine(): coded(-9)
def words(): coded("3")
def signal_words(): coded("-15")
def none(): coded("None")
def zero_code(): coded(0)
def too_big(): coded(300)
def no_number(): coded([1])
def where(): print(sys.path.index(os.path.join(os.environ["SAGEMAKER_BASE_DIR"], "code")), "" in sys.path)
def spawn():
    import multiprocessing
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool: print(pool.map(abs, [-1, -2]))
def lingers():
    threading.Thread(target=time.sleep, args=(0.2,), name="parameters").start()
    raise ValueError("bad")
def styled(user_module, training_environment): pass
def fork():
    child = os.fork()
    if child == 0: raise ValueError("in the child")
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) if hasattr(os, "waitstatus_to_exitcode") else 1)
"""


class BridgeTests(JobCase):
    def setUp(self) -> None:
        super().setUp()
        self.write("framework/fw.py", FRAMEWORK)

    def test_a_function_that_returns_is_success_without_a_report(self) -> None:
        ended = self.bridge("fw:fine")
        self.assertEqual((ended.status, ended.output, ended.report), (0, "fine ['train']\n", None))

    def test_each_ending_has_its_status_and_its_cause(self) -> None:
        table: Dict[str, Tuple[int, str, str]] = {
            "five": (5, "FrameworkError", "sys.exit(5)"),
            "text": (1, "FrameworkError", "no data today"),
            "wraps": (1, "FrameworkError", "sys.exit(256)"),
            "key": (1, "FrameworkError", "KeyError: 'boom'"),
            "system": (1, "FrameworkError", "FileNotFoundError: [Errno 2] No such file or directory"),
            "gai": (1, "FrameworkError", "socket.gaierror: [Errno -2] Name or service not known"),
            "chained": (1, "FrameworkError", "RuntimeError: outer failed"),
            "lines": (1, "FrameworkError", "ValueError: first"),
            "interrupted": (130, "FrameworkError", "KeyboardInterrupt"),
            "kaboom": (1, "FrameworkError", "fw.Kaboom: custom"),
            "unprintable": (1, "FrameworkError", "fw.Unprintable: (its text cannot be had: RuntimeError)"),
            "surrogate": (1, "FrameworkError", "ValueError: bad ? byte"),
            "own": (1, "DataError", "column 3 is empty"),
            "three": (3, "FrameworkError", "fw.Coded: coded"),
            "nine": (137, "FrameworkError", "fw.Coded: coded"),
            "words": (3, "FrameworkError", "fw.Coded: coded"),
            "signal_words": (143, "FrameworkError", "fw.Coded: coded"),
            "none": (1, "FrameworkError", "fw.Coded: coded"),
            "zero_code": (1, "FrameworkError", "fw.Coded: coded"),
            "too_big": (1, "FrameworkError", "fw.Coded: coded"),
            "no_number": (1, "FrameworkError", "fw.Coded: coded"),
        }
        for name, (status, kind, cause) in table.items():
            with self.subTest(name):
                ended = self.bridge("fw:" + name)
                report: Dict[str, Any] = ended.report or {}
                self.assertEqual((ended.status, report.get("class"), report.get("cause")), (status, kind, cause))
                self.assertEqual(report.get("exit"), status)

    def test_leaving_with_nothing_is_success(self) -> None:
        for name in ("zero", "nothing"):
            with self.subTest(name):
                ended = self.bridge("fw:" + name)
                self.assertEqual((ended.status, ended.report), (0, None))

    def test_a_command_of_the_framework_gives_its_own_status(self) -> None:
        self.assertEqual(self.bridge("fw:called").status, 7)
        self.assertEqual(self.bridge("fw:killed").status, 137)

    def test_the_traceback_is_on_stderr_without_our_own_frames(self) -> None:
        ended = self.bridge("fw:key")
        self.assertEqual(ended.errors.splitlines()[0], "Traceback (most recent call last):")
        self.assertIn("fw.py", ended.errors.splitlines()[1])
        self.assertEqual(ended.errors.splitlines()[-1], "KeyError: 'boom'")
        self.assertEqual(self.bridge("fw:text").errors, "no data today\n")

    def test_where_no_command_was_run_the_traceback_is_on_stderr_whatever_was_raised(self) -> None:
        self.write("framework/raises.py", "from container_runtime.errors import ExecuteUserScriptError, UserError\n"
                   "def user(): raise UserError('column 3 is empty')\n"
                   "def script(): raise ExecuteUserScriptError('it ended with 3', 3)\n"
                   "def command(): raise ExecuteUserScriptError('it ended with 3', 3, cmd='./train')\n")
        for name, words in {"user": "column 3 is empty", "script": "it ended with 3"}.items():
            with self.subTest(name):
                ended = self.bridge("raises:" + name)
                self.assertRegex(ended.errors, r'^Traceback .*\n  File ".*raises\.py", line \d+, in %s\n' % name)
                self.assertIn(words, ended.errors.splitlines()[-1])
        self.assertEqual(self.bridge("raises:command").errors, "")

    def test_what_a_users_module_raises_is_shown_with_its_file_and_line(self) -> None:
        self.configure(hyperparameters={"sagemaker_program": "train.py"})
        self.write("code/train.py", "\ndef helper(): return 1 / 0\n\nhelper()\n")
        ended = self.bridge("fw:styled", SAGEMAKER_PROGRAM="train.py")
        report: Dict[str, Any] = ended.report or {}
        self.assertEqual((ended.status, report.get("class")), (1, "ImportModuleError"))
        self.assertRegex(ended.errors, r'train\.py", line 2, in helper\n')

    def test_a_wrong_name_is_told_without_a_traceback(self) -> None:
        table = {
            "fw": ("ConfigurationError", 'expected module:function'),
            "fw:": ("ConfigurationError", 'expected module:function'),
            ":main": ("ConfigurationError", 'expected module:function'),
            "fw:a:b": ("ConfigurationError", 'expected module:function'),
            "nosuch:main": ("FrameworkError", 'no module "nosuch"'),
            "nosuch.deep:main": ("FrameworkError", 'no module "nosuch"'),
            "fw.deep:main": ("FrameworkError", 'no module "fw.deep"'),
            "fw:nope": ("FrameworkError", 'has no function "nope"'),
            "fw:value": ("FrameworkError", 'has no function "value"'),
        }
        for name, (kind, words) in table.items():
            with self.subTest(name):
                ended = self.bridge(name)
                report: Dict[str, Any] = ended.report or {}
                self.assertEqual((ended.status, report.get("class")), (1, kind))
                self.assertIn(words, report["cause"])
                self.assertEqual(ended.errors.strip(), report["cause"])

    def test_what_a_framework_cannot_import_is_named(self) -> None:
        self.write("framework/broken.py", "import no_such_dependency\n")
        report: Dict[str, Any] = self.bridge("broken:main").report or {}
        self.assertEqual(report["cause"], "ModuleNotFoundError: No module named 'no_such_dependency'")

    def test_a_file_of_the_user_stands_in_for_no_module_of_the_library(self) -> None:
        # What an interpreter imports before its program, as site does for a .pth file, no program can keep apart.
        bare = subprocess.check_output([sys.executable, "-c", "import sys; print(*sys.modules)"]).decode().split()
        for name in {"json", "re", "traceback", "threading", "logging", "fw"}.difference(bare):
            self.write("code/%s.py" % name, "raise SystemExit(99)\n")
        self.assertEqual(self.bridge("fw:fine").status, 0)

    def test_the_code_directory_is_first_when_the_function_runs(self) -> None:
        self.assertEqual(self.bridge("fw:where").output, "0 False\n")

    def test_a_function_may_start_processes_of_its_own(self) -> None:
        self.assertEqual(self.bridge("fw:spawn").output, "[1, 2]\n")

    def test_a_thread_that_keeps_a_failed_function_waiting_is_named(self) -> None:
        ended = self.bridge("fw:lingers")
        self.assertEqual(ended.status, 1)
        self.assertIn("waiting for a thread that the framework left: parameters\n", ended.errors)

    def test_arguments_with_defaults_make_no_function_style(self) -> None:
        self.write("framework/many.py", "def plain(a=1, b=2): print(a, b)\ndef rest(*a, **b): print(a, b)\n"
                   "class Callable:\n    def __call__(self): print('called')\n"
                   "    def bound(self, a=0): print('bound')\none = Callable()\nbound = one.bound\n")
        for name, said in {"plain": "1 2\n", "rest": "() {}\n", "one": "called\n", "bound": "bound\n"}.items():
            with self.subTest(name):
                self.assertEqual(self.bridge("many:" + name).output, said)

    def test_a_function_of_two_arguments_needs_the_package(self) -> None:
        ended = self.bridge("fw:styled", PYTHONPATH=str(self.base / "framework"))
        report: Dict[str, Any] = ended.report or {}
        self.assertIn("container_runtime brings; install it", report["cause"])

    def test_the_variable_of_the_report_is_not_passed_on(self) -> None:
        self.write("framework/looks.py", "import os\ndef main(): print('TRAIN_FRAMEWORK_REPORT' in os.environ)\n")
        self.assertEqual(self.bridge("looks:main").output, "False\n")

    def test_a_log_of_the_framework_has_the_toolkits_form_unless_it_has_its_own(self) -> None:
        body = "import logging\n%s\ndef main():\n    logging.getLogger('fw').info('said')\n"
        self.write("framework/plain.py", body % "")
        self.assertRegex(self.bridge("plain:main").errors, r"^\d{4}-.* fw +INFO     said\n$")
        self.assertEqual(self.bridge("plain:main", SM_LOG_LEVEL="30").errors, "")
        self.write("framework/own.py", body % "logging.basicConfig(format='own %(message)s', level=10)")
        self.assertEqual(self.bridge("own:main").errors, "own said\n")

    def test_a_forked_child_reports_nothing(self) -> None:
        ended = self.bridge("fw:fork")
        self.assertEqual((ended.status, ended.output, ended.report), (0, "1\n", None))

    def test_a_report_that_cannot_be_written_changes_no_status(self) -> None:
        ended = self.bridge("fw:five", TRAIN_FRAMEWORK_REPORT="/nonexistent/report")
        self.assertEqual(ended.status, 5)
        self.assertIn("cannot be written", ended.errors)


class CauseTests(unittest.TestCase):
    def test_the_cause_is_the_last_line_that_looks_like_one(self) -> None:
        table = {
            "": "",
            "only words\n\n": "only words",
            "ImportError: early\n noise\n a.b.CustomError: late\n noise": "a.b.CustomError: late",
            "ERROR: Invalid requirement: x\n[notice] A new release of pip": "ERROR: Invalid requirement: x",
            "Traceback\n RuntimeError\n : outer failed": "RuntimeError: outer failed",
            "KeyboardInterrupt": "KeyboardInterrupt",
        }
        for output, cause in table.items():
            with self.subTest(output):
                self.assertEqual(_bridge.cause_in(output), cause)
                self.assertEqual(_bridge.cause_in(output.encode()), cause)


class StopTests(JobCase):
    def start(self, source: str, **more: str) -> "subprocess.Popen[bytes]":
        self.write("framework/fw.py", source)
        child = subprocess.Popen(
            [sys.executable, "-c", BRIDGE.read_text(encoding="utf-8"), "fw:main"], env=self.variables(**more),
            start_new_session=True, stdout=subprocess.PIPE, bufsize=0)
        self.addCleanup(self.end, child)
        assert child.stdout is not None
        self.addCleanup(child.stdout.close)
        self.assertEqual(child.stdout.readline(), b"ready\n")
        return child

    def test_a_stop_ends_a_function_without_a_program_at_once(self) -> None:
        child = self.start("import time\ndef main():\n    print('ready', flush=True)\n    time.sleep(60)\n")
        os.killpg(child.pid, signal.SIGTERM)
        self.assertEqual(child.wait(timeout=30), -signal.SIGTERM)

    def test_a_piece_of_a_line_is_out_at_once_where_that_was_asked_for(self) -> None:
        source = "import time\ndef main():\n    print('ready')\n    print('.', end='')\n    time.sleep(60)\n"
        child = self.start(source, PYTHONUNBUFFERED="1")
        assert child.stdout is not None
        self.assertEqual(select.select([child.stdout], [], [], 20)[0], [child.stdout])
        self.assertEqual(os.read(child.stdout.fileno(), 10), b".")

    def test_a_program_that_answers_a_stop_is_waited_for(self) -> None:
        program = (
            "import os, signal, time; "
            "signal.signal(signal.SIGTERM, lambda *a: (time.sleep(0.5), os.write(1, b'saved\\n'), os._exit(0))); "
            "os.write(1, b'ready\\n'); time.sleep(60)")
        source = "import subprocess, sys\ndef main():\n    subprocess.run([sys.executable, '-c', %r], check=True)\n"
        child = self.start(source % program)
        os.killpg(child.pid, signal.SIGTERM)
        self.assertEqual(child.wait(timeout=30), 0)
        assert child.stdout is not None
        self.assertEqual(child.stdout.read(), b"saved\n")
