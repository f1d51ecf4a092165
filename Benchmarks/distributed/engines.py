"""The engines: how a job asks for one, and how a person starts it without `train`."""

import os
import re
import shutil
import subprocess
import sys
import time

# A rank is in the user's code with its first line; the rest waits for the others, as any job does.
# In one write: mpirun passes on what it gets, piece by piece.
ENTER = 'import os, time\nos.write(1, f"entered {time.time()}\\n".encode())\n'
# All ranks have met before one fails, or before a link goes down.
RAISE = """\
import time
{meet}
if rank == {last}:
    print("failing", time.time(), flush=True)
    raise ValueError("bad learning rate")
time.sleep(600)
"""
STAY = 'import time\n{meet}\nprint("ready", flush=True)\ntime.sleep(600)\n'


def entered(hosts, began):
    """Seconds from the start until the last rank was in the user's code."""
    times = [float(text) for number in hosts.numbers for text in re.findall(r"entered ([0-9.]+)", hosts.output(number))]
    if len(times) != len(hosts.numbers):
        raise SystemExit(f"{len(times)} of {len(hosts.numbers)} ranks came to the user's code:\n{hosts.output(1)}{hosts.errors(1)}")
    return max(times) - began


def ended(hosts, engine, cut):
    """Seconds from a failure until `train` has ended on all hosts, each with the cause in its failure file."""
    processes = [hosts.start(number, [hosts.executable], engine.variables()) for number in hosts.numbers]
    last = len(hosts.numbers)
    if cut:
        limit = time.monotonic() + 120
        while sum(hosts.output(number).count("ready") for number in hosts.numbers) < last:
            if time.monotonic() > limit:
                raise SystemExit(f"{engine.name}: not all ranks came:\n{hosts.output(1)}{hosts.errors(1)}")
            time.sleep(0.05)
        began = time.time()
        hosts.script("cut", f"algo-{last}")
    for process in processes:
        process.wait(timeout=300)
    over = time.time()
    if not cut:
        text = "".join(hosts.output(number) for number in hosts.numbers)
        began = float(re.search(r"failing ([0-9.]+)", text).group(1))
    for number in hosts.numbers:
        failure = (hosts.tree(number) / "output" / "failure").read_text()
        if not (re.search(r"host algo-\d vanished", failure) if cut else "bad learning rate" in failure):
            raise SystemExit(f"{engine.name}, algo-{number}: its failure file does not name the cause:\n{failure}")
    return over - began


class Engine:
    """What they have in common."""

    hyperparameters = {}
    meet = ""

    def variables(self):
        return {"OMP_NUM_THREADS": "1"}

    def write(self, hosts, program):
        text = program
        if program != ENTER:
            text = program.format(meet=self.meet, last=len(hosts.numbers) - 1)
        hosts.write(text, self.hyperparameters)


class Plain(Engine):
    """No engine: each host runs the program by itself."""

    name = "no engine"
    # Nothing meets here: what fails does so when the channel has been open for a while.
    meet = 'import os\nrank = int(os.environ["SM_CURRENT_HOST_RANK"])\ntime.sleep(3)'


class Torchrun(Engine):
    """PyTorch's elastic launcher on each host."""

    name = "torchrun"
    hyperparameters = {"sagemaker_torch_distributed_enabled": "true"}
    meet = """\
import torch.distributed as dist
dist.init_process_group("gloo")
rank = dist.get_rank()
dist.barrier()"""

    def __init__(self, directory):
        self.directory = directory or os.path.dirname(shutil.which("torchrun") or "")

    def is_here(self):
        if self.directory and os.access(f"{self.directory}/torchrun", os.X_OK):
            return True
        print("torchrun is left out: name its directory with --torchrun", file=sys.stderr)
        return False

    def variables(self):
        return {**super().variables(), "PATH": f"{self.directory}:{os.environ['PATH']}"}

    def by_hand(self, hosts, plans):
        """The words of the plan, on all hosts at once."""
        began = time.time()
        processes = []
        for number, (words, variables) in zip(hosts.numbers, plans):
            variables = {key: value for key, value in variables.items() if key != "TORCHELASTIC_ERROR_FILE"}
            command = ["sh", "-c", 'cd "$SM_MODULE_DIR" && exec "$@"', "sh", *words]
            processes.append(hosts.start(number, command, {**self.variables(), **variables}))
        hosts.end(processes)
        return entered(hosts, began)


class MPI(Engine):
    """Open MPI over sshd."""

    name = "Open MPI"
    hyperparameters = {"sagemaker_mpi_enabled": "true"}
    meet = """\
from mpi4py import MPI
rank = MPI.COMM_WORLD.rank
MPI.COMM_WORLD.barrier()"""
    server = "/usr/sbin/sshd"

    def is_here(self):
        tools = shutil.which("mpirun") and shutil.which("ssh-keygen") and os.access(self.server, os.X_OK)
        python = ["/usr/bin/python3", "-c", "import mpi4py"]
        if tools and subprocess.run(python, stderr=subprocess.DEVNULL).returncode == 0:
            return True
        print("MPI is left out: it needs openmpi-bin, openssh-server and python3-mpi4py", file=sys.stderr)
        return False

    def variables(self):
        return {**super().variables(), "TRAIN_PYTHON": "/usr/bin/python3"}

    def by_hand(self, hosts, plans):
        """An sshd on each follower; the leader waits for them, and runs the words of the plan."""
        keys = self.keys(hosts)
        words, variables = plans[0]
        agent = f"ssh -F {keys}/client"
        variables = {**variables, "OMPI_MCA_plm_rsh_agent": agent, "PRTE_MCA_plm_ssh_agent": agent}
        wait = "".join(
            f"until (: < /dev/tcp/algo-{number}/7790) 2>/dev/null; do sleep 0.01; done; " for number in hosts.numbers[1:]
        )
        # Each host has a name of its own, as a container has.
        named = ["unshare", "-u", "sh", "-c", 'hostname "$0" && exec "$@"']
        began = time.time()
        servers = [
            hosts.start(number, [*named, f"algo-{number}", self.server, "-D", "-e", "-f", f"{keys}/server"], {})
            for number in hosts.numbers[1:]
        ]
        line = f'{wait} cd "$SM_MODULE_DIR" && exec "$@"'
        leader = hosts.start(1, [*named, "algo-1", "bash", "-c", line, "bash", *words], {**self.variables(), **variables})
        try:
            hosts.end([leader])
        finally:
            for server in servers:
                server.kill()
                server.wait()
        return entered(hosts, began)

    @staticmethod
    def keys(hosts):
        """One pair for all, made once; with it the configurations of both sides."""
        folder = hosts.work / "keys"
        if folder.exists():
            return folder
        folder.mkdir()
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "key"], check=True)
        public = (folder / "key.pub").read_text()
        (folder / "authorized").write_text(public)
        (folder / "known").write_text("".join(f"[algo-{number}]:7790 {public}" for number in hosts.numbers))
        (folder / "server").write_text(
            f"Port 7790\nHostKey {folder}/key\nAuthorizedKeysFile {folder}/authorized\nStrictModes no\nUsePAM no\n"
            "PermitRootLogin yes\nPidFile none\nLogLevel ERROR\n"
        )
        (folder / "client").write_text(
            f"Host *\n Port 7790\n IdentityFile {folder}/key\n UserKnownHostsFile {folder}/known\n BatchMode yes\n"
        )
        os.makedirs("/run/sshd", exist_ok=True)
        return folder
