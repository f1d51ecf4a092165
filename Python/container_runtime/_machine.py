"""What the machine has, for a script that runs without `train` around it."""

import os
import re


def num_cpus() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return os.cpu_count() or 1


def num_gpus(directory: str = "/dev") -> int:
    """How many NVIDIA devices have a node, none where NVIDIA_VISIBLE_DEVICES says so."""
    if os.environ.get("NVIDIA_VISIBLE_DEVICES") in ("void", "none", ""):
        return 0
    try:
        return len([name for name in os.listdir(directory) if re.match(r"^nvidia\d+$", name)])
    except OSError:
        return 0
