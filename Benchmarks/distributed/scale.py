"""What very many hosts cost: the plan, the names, and the channel between the hosts, with simulated hosts."""

import json
import os
import pathlib
import resource
import selectors
import shlex
import socket
import statistics
import subprocess
import sys
import tempfile
import time

COUNTS = (250, 500, 1000, 2000)
# The kernel's MAX_ARG_STRLEN, less the NUL.
LONGEST_WORD = 131_071
LAUNCHERS = {
    "Open MPI": "sagemaker_mpi_enabled",
    "torchrun": "sagemaker_torch_distributed_enabled",
    "parameter servers": "sagemaker_parameter_server_enabled",
}


def measure(train, rounds):
    """Prints a table for each part."""
    with tempfile.TemporaryDirectory(prefix="train-scale-") as folder:
        plans(train, pathlib.Path(folder), rounds)
    names(train, rounds)
    channel(train)


def table(first, counts, more=""):
    print(f"\n| {first} | " + " | ".join(f"{count:,}" for count in counts) + f" |{more}")
    print("|---|" + "---:|" * (len(counts) + (1 if more else 0)))


def plans(train, folder, rounds):
    """`train run --dry-run` of the first of so many hosts, with tools that do nothing on PATH."""
    for name in ("code", "input/config", "bin"):
        (folder / name).mkdir(parents=True)
    (folder / "code" / "train.py").write_text("")
    for tool in ("mpirun", "torchrun", "ssh"):
        (folder / "bin" / tool).write_text("#!/bin/sh\n")
        (folder / "bin" / tool).chmod(0o755)
    environment = {**os.environ, "SAGEMAKER_BASE_DIR": str(folder), "PATH": f"{folder}/bin:{os.environ['PATH']}"}
    table("a plan for so many hosts × 8 processes, ms", COUNTS, f" longest word of {COUNTS[-1]:,}, bytes |")
    for launcher, key in LAUNCHERS.items():
        cells, longest = [], 0
        for count in COUNTS:
            hosts = [f"algo-{number}" for number in range(1, count + 1)]
            configuration = folder / "input" / "config"
            (configuration / "resourceconfig.json").write_text(json.dumps({"current_host": "algo-1", "hosts": hosts}))
            parameters = {key: "true", "sagemaker_mpi_num_of_processes_per_host": "8"}
            (configuration / "hyperparameters.json").write_text(json.dumps(parameters))
            times = []
            for _ in range(rounds):
                began = time.perf_counter()
                plan = subprocess.run([train, "run", "--dry-run"], env=environment, capture_output=True, text=True)
                times.append(time.perf_counter() - began)
                if plan.returncode:
                    raise SystemExit(f"{launcher}, {count} hosts: {plan.stderr}")
            longest = max(len(word.encode()) for word in words(plan.stdout))
            if longest > LONGEST_WORD:
                raise SystemExit(f"{launcher}, {count} hosts: a word of {longest} bytes")
            cells.append(f"{statistics.median(times) * 1000:.1f}")
        print(f"| {launcher} | " + " | ".join(cells) + f" | {longest:,} |", flush=True)


def words(plan):
    """What the kernel would get: arguments and variables; what is too long is in a file, and named so."""
    for line in plan.splitlines():
        key, _, value = line.partition(" ")
        if key == "command":
            yield from shlex.split(value)
        if key == "variable":
            yield value.strip()


# MARK: Names

# Answers every question for an A record, and says that there is no AAAA record.
SERVER = """
import socket, struct
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
print("ready", flush=True)
while True:
    question, asker = server.recvfrom(512)
    end = question.index(b"\\0", 12) + 5
    number = int(question[13:13 + question[12]].rsplit(b"-")[1])
    is_a = question[end - 4:end - 2] == b"\\0\\1"
    answer = struct.pack(">HHHIH", 0xC00C, 1, 1, 60, 4) + bytes([10, 1, number >> 8, number & 255]) if is_a else b""
    server.sendto(question[:2] + b"\\x85\\x80\\0\\1" + struct.pack(">HHH", is_a, 0, 0) + question[12:end] + answer, asker)
"""


def names(train, rounds):
    """The helper that resolves so many names, in a network of its own."""
    space = f"s{os.getpid() % 100_000}"
    folder = pathlib.Path("/etc/netns") / space
    subprocess.run(["ip", "netns", "add", space], check=True)
    inside = ["ip", "netns", "exec", space]
    server = None
    try:
        folder.mkdir(parents=True)
        subprocess.run(["ip", "-n", space, "link", "set", "lo", "up"], check=True)
        (folder / "resolv.conf").write_text("nameserver 127.0.0.1\n")
        lines = [f"10.1.{number >> 8}.{number & 255} algo-{number}\n" for number in range(1, max(COUNTS) + 1)]
        server = subprocess.Popen([*inside, sys.executable, "-c", SERVER], stdout=subprocess.PIPE)
        server.stdout.readline()
        table("so many names, ms", COUNTS)
        for source in ("/etc/hosts", "a DNS server on this machine", "`TRAIN_HOSTS_FILE`"):
            cells = []
            for count in COUNTS:
                listed = "127.0.0.1 localhost\n" + "".join(lines[:count] if source == "/etc/hosts" else [])
                (folder / "hosts").write_text(listed)
                with tempfile.TemporaryDirectory(prefix="train-names-") as private:
                    pathlib.Path(private, "hosts").write_text("".join(lines[:count]))
                    environment = dict(os.environ)
                    if source.startswith("`"):
                        environment["TRAIN_HOSTS_FILE"] = f"{private}/hosts"
                    command = [*inside, train, "internal", "resolve", f"directory={private}", "seconds=60"]
                    command += [f"host=algo-{number}" for number in range(1, count + 1)]
                    cells.append(f"{resolve(command, environment, private, count, rounds) * 1000:.0f}")
            print(f"| {source} | " + " | ".join(cells) + " |", flush=True)
    finally:
        if server:
            server.kill()
            server.wait()
        subprocess.run(["ip", "netns", "del", space], check=True)
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()


def resolve(command, environment, private, count, rounds):
    """Seconds, all addresses found."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        subprocess.run(command, env=environment, check=True)
        times.append(time.perf_counter() - began)
        found = json.loads(pathlib.Path(private, "peer-addresses.json").read_text())["addresses"]
        if len(found) != count:
            raise SystemExit(f"{len(found)} of {count} names were found")
    return statistics.median(times)


# MARK: The channel


class Member:
    """A host of the job, as the hub sees it."""

    def __init__(self, number, port, waiting):
        self.number = number
        self.lines = b""
        self.socket = socket.socket()
        self.socket.bind((address(number), 0))
        self.socket.connect((address(0), port))
        waiting.register(self.socket, selectors.EVENT_READ, self)

    def say(self, kind, **more):
        message = {"type": kind, "time": int(time.time() * 1000), **more}
        self.socket.sendall(json.dumps(message).encode() + b"\n")


def address(number):
    """A loopback address for each host."""
    return f"127.7.{number >> 8}.{number & 255}"


def channel(train):
    """The hub of so many hosts: all join with their keys, and learn of one failure."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 1 << 14), hard))
    table("the first of so many hosts", COUNTS)
    results = [hub(train, count) for count in COUNTS]
    for index, name in enumerate(("all hosts ready, ms", "all hosts told of a failure, ms", "processor time, ms")):
        print(f"| {name} | " + " | ".join(f"{result[index]:.0f}" for result in results) + " |", flush=True)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def hub(train, count):
    """Milliseconds until all are ready, until all know of a failure, and of processor time."""
    port = 20_000 + os.getpid() % 10_000
    hosts = [f"algo-{number}" for number in range(1, count + 1)]
    with tempfile.TemporaryDirectory(prefix="train-hub-") as folder:
        settings = {
            "host": hosts[0], "hosts": hosts, "hub": hosts[0], "job": "j", "address": address(0), "port": port,
            "addresses": {host: [address(number)] for number, host in enumerate(hosts) if number},
            "peer_timeout": 30, "host_timeout": 600, "needs_all": True, "directory": folder,
        }
        pathlib.Path(folder, "peer.json").write_text(json.dumps(settings))
        words = [train, "internal", "channel", f"directory={folder}"]
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        process = subprocess.Popen(words, stdin=subprocess.PIPE)
        while True:
            with socket.socket() as trial:
                trial.bind((address(0), 0))
                if trial.connect_ex((address(0), port)) == 0:
                    break
            time.sleep(0.01)
        began = time.perf_counter()
        with selectors.DefaultSelector() as waiting:
            members = [Member(number, port, waiting) for number in range(1, count)]
            key = "ssh-ed25519 " + "A" * 68
            for member in members:
                member.say("hello", hello={"host": hosts[member.number], "job": "j", "host_key": key})
                member.say("ready")
            while not pathlib.Path(folder, "peer-ready").exists():
                read(waiting, 0.001)
            ready = time.perf_counter() - began
            if len(pathlib.Path(folder, "ssh_known_hosts").read_text().splitlines()) != count - 1:
                raise SystemExit("not all keys are known")
            began = time.perf_counter()
            failure = {"host": hosts[-1], "kind": "failed", "line": "ValueError: x", "time": int(time.time() * 1000)}
            members[-1].say("failed", failure=failure)
            told = set()
            while len(told) < len(members):
                told |= {member.number for member in read(waiting, 1) if b'"first"' in member.lines}
            known = time.perf_counter() - began
            for member in members:
                member.socket.close()
        process.stdin.close()
        process.wait(timeout=60)
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    return ready * 1000, known * 1000, spent * 1000


def read(waiting, seconds):
    """The members that heard something."""
    heard = []
    for event, _ in waiting.select(seconds):
        member = event.data
        data = member.socket.recv(1 << 16)
        if not data:
            waiting.unregister(member.socket)
        member.lines += data
        heard.append(member)
    return heard
