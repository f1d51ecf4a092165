"""Hosts of a benchmark: network namespaces, made by the script of the tests, with a tree for each host."""

import json
import os
import pathlib
import shlex
import shutil
import subprocess
import tempfile
import time

SCRIPT = pathlib.Path(__file__).resolve().parent.parent.parent / "Tests" / "RuntimeTests" / "Launch" / "lab"


class Lab:
    """Hosts algo-1 to algo-N, until the end of a `with`."""

    count = 0

    def __init__(self, hosts, train):
        Lab.count += 1
        # An interface's name has 15 characters at most.
        self.name = f"b{os.getpid() % 100_000}x{Lab.count % 100}"
        self.numbers = range(1, hosts + 1)
        self.executable = train

    def __enter__(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="train-hosts-"))
        self.running = []
        self.script("up", str(len(self.numbers)))
        return self

    def __exit__(self, *_):
        self.script("down")
        for process in self.running:
            process.wait()
        shutil.rmtree(self.work)

    def script(self, what, *words):
        """Calls the script of the tests."""
        subprocess.run([SCRIPT, what, self.name, *words], check=True)

    def tree(self, number):
        """The base directory of a host, as seen from outside of it."""
        return self.work / f"algo-{number}"

    def write(self, program, hyperparameters, entry="train.py"):
        """A job for all hosts."""
        hosts = [f"algo-{number}" for number in self.numbers]
        for host in hosts:
            for name in ("input/config", "code", "model", "output"):
                (self.work / host / name).mkdir(parents=True, exist_ok=True)
            resources = {"current_host": host, "hosts": hosts, "network_interface_name": "eth0"}
            folder = self.work / host / "input" / "config"
            (folder / "resourceconfig.json").write_text(json.dumps(resources))
            (folder / "hyperparameters.json").write_text(json.dumps({"sagemaker_program": entry, **hyperparameters}))
            (folder / "inputdataconfig.json").write_text("{}")
            (self.work / host / "code" / entry).write_text(program)

    def start(self, number, words, variables):
        """Starts a command on a host; its output goes to files."""
        environment = {**os.environ, "SAGEMAKER_BASE_DIR": str(self.work / "ml"), "TRAIN_PACK": "never", **variables}
        command = [SCRIPT, "run", self.name, f"algo-{number}", self.work, *words]
        with open(self.work / f"out-{number}", "wb") as output, open(self.work / f"err-{number}", "wb") as errors:
            process = subprocess.Popen(command, env=environment, stdout=output, stderr=errors, start_new_session=True)
        self.running.append(process)
        return process

    def train(self, variables):
        """Runs the job on all hosts; gives back when it began."""
        began = time.time()
        processes = [self.start(number, [self.executable], variables) for number in self.numbers]
        self.end(processes)
        return began

    def end(self, processes):
        """Waits for processes that have to succeed."""
        for number, process in zip(self.numbers, processes):
            if process.wait(timeout=300):
                raise SystemExit(f"algo-{number} ended with {process.returncode}:\n{self.errors(number)}")

    def output(self, number):
        return (self.work / f"out-{number}").read_text(errors="replace")

    def errors(self, number):
        return (self.work / f"err-{number}").read_text(errors="replace")

    def plan(self, number, variables):
        """The words and the variables of a host, as `train run --dry-run` prints them."""
        process = self.start(number, [self.executable, "run", "--dry-run"], variables)
        if process.wait(timeout=60):
            raise SystemExit(f"no plan for algo-{number}:\n{self.errors(number)}")
        words, named = [], {}
        for line in self.output(number).splitlines():
            key, _, value = line.partition(" ")
            if key == "command":
                words = shlex.split(value)
            if key == "variable":
                name, _, text = value.strip().partition("=")
                named[name] = text
        return words, named
