"""Calls a framework's function, and says in a file how it ended.

usage: python3 -c SOURCE MODULE:FUNCTION

One file of the standard library, because the runtime is one executable and carries this text inside it:
Sources/ContainerRuntime/Launch/FrameworkBridge+Source.swift is made of it by Python/embed_bridge.py.
"""

import os
import sys

REPORT = "TRAIN_FRAMEWORK_REPORT"


def set_user_code_aside() -> str:
    """Puts the code directory last on sys.path, takes away what the interpreter put first; returns the directory.

    A user's file may be called json.py, or like a module of the framework, which is imported before it counts.
    """
    if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
        del sys.path[:1]
    code = os.path.join(os.environ.get("SAGEMAKER_BASE_DIR") or "/opt/ml", "code")
    sys.path[:] = [path for path in sys.path if os.path.realpath(path) != os.path.realpath(code)] + [code]
    return code


if __name__ == "__main__":
    set_user_code_aside()

# After the line above, so that these are the library's own. ruff: noqa: E402
import importlib
import io
import json
import logging
import re
import signal
import threading
import traceback
from types import FrameType
from typing import Any, Callable, Dict, List, NoReturn, Optional, Tuple

LIMIT = 8192  # characters of a text in the report; the failure file has 1,024 bytes
# The toolkit's classes that the failure file keeps, by the name of the nearest base.
KEPT = ("ExecuteUserScriptError", "InstallRequirementsError", "InstallModuleError", "ImportModuleError")


class Tail(io.TextIOWrapper):
    """A stdout that remembers its end: the toolkit prints there what the user's program says on stderr."""

    kept = ""

    def write(self, text: str) -> int:
        Tail.kept = (Tail.kept + text)[-LIMIT:]
        return super().write(text)


class Misnamed(Exception):
    """SAGEMAKER_TRAINING_MODULE does not lead to a function."""

    def __init__(self, message: str, failure_class: str = "FrameworkError") -> None:
        super().__init__(message)
        self.failure_class = failure_class


def find(specification: str) -> Callable[..., Any]:
    """Imports the module of "module:function" and returns its function."""
    name, _, attribute = specification.partition(":")
    if not name or not attribute or ":" in attribute:
        message = 'SAGEMAKER_TRAINING_MODULE is "%s"; expected module:function, as in my_framework.training:main'
        raise Misnamed(message % specification, "ConfigurationError")
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name + ".").startswith(error.name + "."):
            raise
        message = 'SAGEMAKER_TRAINING_MODULE is "%s" and there is no module "%s"; install it in the image of %s'
        raise Misnamed(message % (specification, error.name, sys.executable)) from None
    function = getattr(module, attribute, None)
    if not callable(function):
        message = 'SAGEMAKER_TRAINING_MODULE is "%s" and the module "%s" (%s) has no function "%s"'
        raise Misnamed(message % (specification, name, getattr(module, "__file__", "built in"), attribute))
    return function  # type: ignore[no-any-return]


def takes_user_module(function: Callable[..., Any]) -> bool:
    """Whether this is a function-style framework, f(user_module, training_environment)."""
    # Not by inspect.signature: that module alone takes longer to import than all others here.
    code = getattr(function, "__code__", None)
    defaults = getattr(function, "__defaults__", None) or ()
    return code is not None and code.co_argcount - len(defaults) == 2 and not hasattr(function, "__self__")


def configure_log() -> None:
    """The toolkit's form of a line; after the import, so that a framework may set its own."""
    number = int(os.environ["SM_LOG_LEVEL"]) if os.environ.get("SM_LOG_LEVEL", "").isdigit() else logging.INFO
    logging.basicConfig(format="%(asctime)s %(name)-12s %(levelname)-8s %(message)s", level=number)
    for name in ("boto3", "s3transfer", "botocore"):
        logging.getLogger(name).setLevel(max(number, logging.INFO))


def child_catches(number: int) -> bool:
    """Whether a child process of ours has a handler for the signal: /proc/PID/status, SigCgt."""
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open("/proc/%s/status" % entry, encoding="utf-8", errors="replace") as file:
                status = dict(line.split(":\t", 1) for line in file if ":\t" in line)
        except OSError:
            continue
        caught = int(status.get("SigCgt", "0").strip(), 16)
        if status.get("PPid", "").strip() == str(os.getpid()) and caught >> (number - 1) & 1:
            return True
    return False


def outlive(number: int, frame: Optional[FrameType]) -> None:
    """Lets a program that the framework started answer a stop: the group has the signal, its end is ours too.

    Where nobody does, the signal ends us as it would have without this.
    """
    try:
        if child_catches(number):
            return
    except (OSError, ValueError):
        pass
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def status_of(code: object) -> int:
    """The exit status for an exception's return_code: n is n, -s is 128 + s; what is no failure's status is 1."""
    try:
        number = int(code)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        return 1
    if -64 <= number < 0:
        return 128 - int(number)
    return int(number) if 0 < number < 256 else 1


def message_of(error: BaseException) -> str:
    """What the exception says, its arguments in a row where Python would print a tuple."""
    try:
        text = str(error)
        if len(error.args) > 1 and text == str(error.args):
            text = ": ".join(str(argument) for argument in error.args)
    except Exception as another:  # a __str__ that raises must not hide that the job failed
        text = "(its text cannot be had: %s)" % type(another).__name__
    return text.strip()


def line_of(error: BaseException) -> str:
    """The last line that Python's traceback would have, or its first line where the message has several."""
    kind = type(error)
    prefix = "" if kind.__module__ in ("builtins", "__main__") else kind.__module__ + "."
    first = message_of(error).split("\n", 1)[0].strip()
    return prefix + kind.__qualname__ + (": " + first if first else "")


EXCEPTION_LINE = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception|Interrupt|Exit|Warning)(?::.*)?$")


def cause_in(output: object) -> str:
    """The last line of a program's output that looks like an exception's or pip's, or that holds anything."""
    text = output.decode("utf-8", "replace") if isinstance(output, bytes) else str(output or "")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [number for number, line in enumerate(lines) if EXCEPTION_LINE.match(line)]
    if not errors:
        return ([line for line in lines if line.startswith("ERROR: ")] or lines or [""])[-1]
    # The toolkit reads pieces, and Python writes an exception's name and its message as two where it does not buffer.
    last = lines[errors[-1]:errors[-1] + 2]
    return last[0] if ":" in last[0] else ": ".join(line.lstrip(": ") for line in last)


def kept_class(error: BaseException) -> Optional[str]:
    """The failure's class where the exception has one of its own: the toolkit's, or an attribute failure_class."""
    own = getattr(error, "failure_class", None)
    if isinstance(own, str) and re.match(r"^[A-Z]\w{0,63}$", own):
        return own
    toolkit = ("sagemaker_training.errors", "sagemaker_containers._errors")
    names = [base.__name__ for base in type(error).__mro__ if base.__module__ in toolkit]
    if "ClientError" not in names:
        return None
    # The toolkit makes classes on the fly, named after what the program's text holds.
    fallback = "ExecuteUserScriptError" if hasattr(error, "return_code") else "ClientError"
    return next((name for name in names if name in KEPT), fallback)


def describe(error: BaseException) -> Tuple[int, Dict[str, Any]]:
    """The exit status and the report for what ended the function."""
    report: Dict[str, Any] = {"version": 1, "class": "FrameworkError", "exception": type(error).__name__}
    status, report["cause"] = 1, line_of(error)
    if isinstance(error, SystemExit):
        code = error.code
        if isinstance(code, int):
            status, report["cause"] = code & 0xFF or 1, "sys.exit(%d)" % code
        else:
            report["cause"] = str(code)
    elif isinstance(error, KeyboardInterrupt):
        status = 128 + signal.SIGINT
    elif hasattr(error, "return_code") or hasattr(error, "returncode"):
        # The toolkit's name and the one of subprocess.CalledProcessError.
        status = status_of(getattr(error, "return_code", getattr(error, "returncode", None)))
    kept = kept_class(error)
    if kept is not None:
        report["class"] = kept
        report["cause"] = message_of(error).split("\n", 1)[0]
    if hasattr(error, "output") and hasattr(error, "cmd"):
        command, output = getattr(error, "cmd"), getattr(error, "output")
        report["command"] = " ".join(map(str, command)) if isinstance(command, (list, tuple)) else str(command)
        if kept is not None:
            # Without a cause, where the toolkit did not look at the program's output: then it is on our stderr.
            silent = "" if output is None else "the program said nothing"
            relayed = Tail.kept if silent and status < 128 else ""
            report["cause"] = cause_in(output) or cause_in(relayed) or silent
    report["exit"] = status
    return status, report


def show(error: BaseException, reported: bool) -> str:
    """Prints what a person wants to see on stderr, and returns the traceback."""
    if isinstance(error, SystemExit):
        text = "" if isinstance(error.code, int) else "%s\n" % error.code
    elif isinstance(error, Misnamed):
        text = "%s\n" % error
    elif hasattr(error, "return_code") and kept_class(error) is not None and getattr(error, "cmd", None) is not None:
        # A command was run: its own words were shown when it said them; repeated here, they would look like the last line.
        text = "" if reported else "%s\n" % error
    else:
        frames = error.__traceback__
        while frames is not None and frames.tb_frame.f_code.co_filename == find.__code__.co_filename:
            frames = frames.tb_next
        text = "".join(traceback.format_exception(type(error), error, frames))
    sys.stderr.write(text.encode("utf-8", "backslashreplace").decode("utf-8"))
    return text


def write_report(path: str, report: Dict[str, Any]) -> None:
    """Writes one line of JSON, whole or not at all: beside the place first, then renamed onto it."""
    mended = {key: value.encode("utf-8", "replace").decode("utf-8")[-LIMIT:] if isinstance(value, str) else value
              for key, value in report.items()}
    try:
        with open(path + ".part", "w", encoding="ascii") as file:
            file.write(json.dumps(mended) + "\n")
        os.replace(path + ".part", path)
    except OSError as error:
        sys.stderr.write("the framework's report cannot be written: %s\n" % error)


def call(specification: str, code: str) -> None:
    """Finds the function and calls it."""
    function = find(specification)
    sys.path[:] = [code] + [path for path in sys.path if path != code]
    configure_log()
    if not takes_user_module(function):
        if sys.stdout is not None:
            out, through = sys.stdout, bool(os.environ.get("PYTHONUNBUFFERED"))
            sys.stdout = Tail(out.buffer, out.encoding, out.errors, line_buffering=True, write_through=through)
        function()
        return
    try:
        from container_runtime.training import Training
    except ImportError:
        raise Misnamed('"%s" takes a user module, which the Python package container_runtime brings; install it in '
                       "the image of %s" % (specification, sys.executable)) from None
    Training.from_train_fn(train_fn=function).run()


def main(arguments: List[str]) -> NoReturn:
    """Calls the function named by the only argument and ends the process as it ended."""
    path, us = os.environ.pop(REPORT, ""), os.getpid()
    code = os.path.join(os.environ.get("SAGEMAKER_BASE_DIR") or "/opt/ml", "code")
    sys.argv[:] = ["train"]
    if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        signal.signal(signal.SIGTERM, outlive)
    try:
        call(arguments[0] if len(arguments) == 1 else " ".join(arguments), code)
    except BaseException as error:  # a failed job must not end with 0, whatever was raised
        if os.getpid() != us or (isinstance(error, SystemExit) and error.code in (None, 0)):
            raise
        status, report = describe(error)
        report["traceback"] = show(error, bool(path))
        if path:
            write_report(path, report)
        for one in threading.enumerate():
            if one is not threading.main_thread() and not one.daemon:
                sys.stderr.write("waiting for a thread that the framework left: %s\n" % one.name)
        sys.exit(status)
    sys.exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
