"""Facts of the job: from the variables that `train` exports, else from the files below /opt/ml, else a default."""

import json
import os
from typing import Any, Dict, List, Optional, cast

from container_runtime import _machine, mapping


def base_directory() -> str:
    """Returns SAGEMAKER_BASE_DIR, or /opt/ml."""
    return os.environ.get("SAGEMAKER_BASE_DIR") or "/opt/ml"


def variable(name: str) -> Optional[str]:
    """Returns a variable, or what the file of NAME_FILE holds: a value too long for the kernel is kept there."""
    value = os.environ.get(name)
    path = os.environ.get(name + "_FILE")
    if value is None and path:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    return value


def read_json(path: str) -> Dict[str, Any]:
    """Returns the object in a file, an empty one where there is no file.

    Raises:
        ValueError: the file is not a JSON object; the message names it.
    """
    try:
        with open(path, encoding="utf-8") as file:
            value = json.load(file)
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ValueError("%s: %s" % (path, error)) from None
    if not isinstance(value, dict):
        raise ValueError("%s: an object is expected, found %s" % (path, type(value).__name__))
    return cast(Dict[str, Any], value)


def from_files(base: str) -> Dict[str, Any]:
    """Returns the facts as the files tell them, by the names of SM_TRAINING_ENV."""
    config = os.path.join(base, "input", "config")
    values = mapping.decode(read_json(os.path.join(config, "hyperparameters.json")))
    user, platform = mapping.split(values)
    resources = read_json(os.path.join(config, "resourceconfig.json"))
    channels = read_json(os.path.join(config, "inputdataconfig.json"))
    data = os.path.join(base, "input", "data")
    hosts = resources.get("hosts") or ["algo-1"]
    groups = {one["instance_group_name"]: one for one in resources.get("instance_groups", [])}
    group = resources.get("current_group_name", "homogeneousCluster")
    distribution = _distribution_groups(platform, group)
    named = distribution if isinstance(distribution, list) else []
    spread = [host for name in groups if name in named for host in groups[name].get("hosts", [])] if groups else hosts
    leader = (spread or hosts)[0]
    entry = os.environ.get("SAGEMAKER_PROGRAM") or platform.get("sagemaker_program")
    current = resources.get("current_host", hosts[0])
    names = list(channels) or _directories(data)
    return {
        "additional_framework_parameters": {
            key: value for key, value in platform.items() if key not in mapping.PLATFORM_HYPERPARAMETERS
        },
        "channel_input_dirs": {name: os.path.join(data, name) for name in names},
        "current_host": current,
        "current_instance_group": group,
        "current_instance_group_hosts": list(groups.get(group, {}).get("hosts", [])),
        "current_instance_type": resources.get("current_instance_type", "local"),
        "distribution_hosts": list(spread),
        "distribution_instance_groups": distribution,
        "framework_module": os.environ.get("SAGEMAKER_TRAINING_MODULE"),
        "hosts": list(hosts),
        "hyperparameters": user,
        "input_config_dir": config,
        "input_data_config": channels,
        "input_dir": os.path.join(base, "input"),
        "instance_groups": list(groups),
        "instance_groups_dict": groups,
        "is_hetero": len(groups) > 1,
        "is_master": current == leader,
        "is_modelparallel_enabled": None,
        "is_smddpmprun_installed": False,
        "is_smddprun_installed": False,
        "job_name": os.environ.get("TRAINING_JOB_NAME"),
        "log_level": platform.get("sagemaker_container_log_level", 20),
        "master_hostname": leader,
        "model_dir": os.path.join(base, "model"),
        "module_dir": str(platform.get("sagemaker_submit_directory", os.path.join(base, "code"))),
        "module_name": str(entry)[:-3] if str(entry).endswith(".py") else str(entry),
        "network_interface_name": resources.get("network_interface_name", "eth0"),
        "num_cpus": _machine.num_cpus(),
        "num_gpus": _machine.num_gpus(),
        "num_neurons": 0,
        "output_data_dir": os.path.join(base, "output", "data"),
        "output_dir": os.path.join(base, "output"),
        "output_intermediate_dir": os.path.join(base, "output", "intermediate"),
        "resource_config": resources,
        "topology": resources.get("topology", []),
        "user_entry_point": entry,
    }


#: Any of these spreads the job over the hosts of the current group, where no groups are named.
_SPREADING = ("mpi", "parameter_server", "distributed_dataparallel", "pytorch_ddp", "pytorch_xla_multi_worker",
              "multi_worker_mirrored_strategy", "torch_distributed")


def _distribution_groups(platform: Dict[str, Any], group: str) -> Any:
    named = platform.get("sagemaker_distribution_instance_groups")
    if named:
        return named  # as it was asked for, which may be no list
    return [group] if any(platform.get("sagemaker_%s_enabled" % name) for name in _SPREADING) else []


#: The facts whose variable has another name than SM_ and theirs.
RENAMED = {"hyperparameters": "SM_HPS", "additional_framework_parameters": "SM_FRAMEWORK_PARAMS"}


def from_variables(base: str) -> Dict[str, Any]:
    """Returns the facts: a variable of its own first, then SM_TRAINING_ENV, then the files."""
    text = variable("SM_TRAINING_ENV")
    facts: Dict[str, Any] = _parse("SM_TRAINING_ENV", text) if text else {}
    if "user_entry_point" not in facts:
        # Another runtime's variable may know fewer facts: SDK v3's has twenty.
        facts = {**from_files(base), **facts}
    for key, old in list(facts.items()):
        if key == "channel_input_dirs":
            # No variable has them all: SM_CHANNEL_INPUT_DIRS is the directory of a channel called input_dirs.
            continue
        name = RENAMED.get(key, "SM_" + key.upper())
        own = variable(name)
        if own is not None:
            # What is not there is empty as a variable, since no variable can be null.
            facts[key] = (own or None) if old is None else own if isinstance(old, str) else _parse(name, own)
    if not text:
        _channels_from_variables(facts)
    return facts


def _parse(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError("the variable %s is not JSON: %s" % (name, error)) from None


def _channels_from_variables(facts: Dict[str, Any]) -> None:
    """Takes the channels of SM_CHANNEL_NAME, for somebody who sets them by hand: the name in small letters."""
    known = {name.upper(): name for name in facts["channel_input_dirs"]}
    for name, path in os.environ.items():
        if name.startswith("SM_CHANNEL_") and not name.endswith("_FILE"):
            rest = name[len("SM_CHANNEL_"):]
            facts["channel_input_dirs"][known.get(rest, rest.lower())] = path


def _directories(path: str) -> List[str]:
    try:
        return sorted(entry.name for entry in os.scandir(path) if entry.is_dir())
    except OSError:
        return []
