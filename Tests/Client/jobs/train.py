"""Leaves what it was given in the model directory, one file a host; a host named by --fail raises instead."""

import time

STARTED = time.time()

import json  # noqa: E402
import os  # noqa: E402
import pathlib  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402


def processor_time():
    """Seconds of processors that the container has used so far, by its group: cgroups 2, cgroups 1, else none."""
    for path, unit in (("cpu.stat", 1e6), ("cpuacct/cpuacct.usage", 1e9), ("cpu,cpuacct/cpuacct.usage", 1e9)):
        try:
            return int(pathlib.Path("/sys/fs/cgroup", path).read_text().replace("usage_usec", "").split()[0]) / unit
        except OSError:
            continue
    return None


USED = processor_time()


def main():
    host, hosts = os.environ["SM_CURRENT_HOST"], json.loads(os.environ["SM_HOSTS"])
    if "--fail" in sys.argv and host.startswith(sys.argv[sys.argv.index("--fail") + 1]):
        # docker-compose 1 loses the code of a container that ends before it listens
        time.sleep(8)
        raise ValueError(f"bad shard on {host[:6]}")
    seen = {
        "started": STARTED,
        "processor_time": USED,
        "arguments": sys.argv[1:],
        "variables": {name: value for name, value in os.environ.items() if name.startswith("SM_")},
        "reachable": {name: bool(socket.gethostbyname(name)) for name in hosts},
    }
    # the client stops the other hosts once the first has ended
    shared = pathlib.Path("/opt/ml/shared")
    (shared / host).touch()
    while "--fail" in sys.argv or not all((shared / name).exists() for name in hosts):
        time.sleep(0.05)
    pathlib.Path(os.environ["SM_MODEL_DIR"], host[:6] + ".json").write_text(json.dumps(seen))
    pathlib.Path(os.environ["SM_OUTPUT_DATA_DIR"], "seen.txt").write_text(host)
    print("seen", flush=True)


main()
