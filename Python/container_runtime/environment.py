"""The facts of a training job, under the names that training scripts use."""

import os
from typing import Any, Dict, List, Optional, cast

from container_runtime import _configuration, mapping


class ChannelDirectories(Dict[str, str]):
    """Directories by channel; asking for one that the job does not have says which it has."""

    def __missing__(self, name: str) -> str:
        there = ", ".join(sorted(self)) or "none"
        raise KeyError('there is no channel "%s"; the channels of this job: %s' % (name, there))


class Environment:
    """What a training job is given, where and on what it runs: a snapshot, made once.

    Inside a job every fact is what `train` exports as SM_*; without one, it is read from the files below the base
    directory (SAGEMAKER_BASE_DIR, /opt/ml), and what is not there either has the default of a single local host.
    """

    def __init__(self, base_dir: Optional[str] = None) -> None:
        """Reads the facts, of another base directory if one is given: then from its files alone.

        Raises:
            ValueError: a file of the configuration, or a variable, is not JSON.
        """
        self.base_dir: str = base_dir or _configuration.base_directory()
        read = _configuration.from_files if base_dir else _configuration.from_variables
        self._facts: Dict[str, Any] = read(self.base_dir)
        self._from_files = base_dir is not None

    def __repr__(self) -> str:
        # Without values: hyperparameters may be secrets.
        return "Environment(base_dir=%r, job_name=%r)" % (self.base_dir, self.job_name)

    # Where things are.

    @property
    def code_dir(self) -> str:
        """The user's code, the working directory of the program."""
        return os.path.join(self.base_dir, "code")

    @property
    def input_dir(self) -> str:
        """Configuration and data that the platform hands in."""
        return cast(str, self._facts["input_dir"])

    @property
    def input_config_dir(self) -> str:
        """The configuration's files."""
        return cast(str, self._facts["input_config_dir"])

    @property
    def input_data_dir(self) -> str:
        """The directory of the channels."""
        return os.path.join(self.input_dir, "data")

    @property
    def channel_input_dirs(self) -> Dict[str, str]:
        """The directory of each channel, by its name."""
        return ChannelDirectories(self._facts["channel_input_dirs"])

    @property
    def model_dir(self) -> str:
        """What is left here is the model."""
        return cast(str, self._facts["model_dir"])

    @property
    def output_dir(self) -> str:
        """What goes back to the platform: success, failure, data."""
        return cast(str, self._facts["output_dir"])

    @property
    def output_data_dir(self) -> str:
        """What is kept beside the model."""
        return cast(str, self._facts["output_data_dir"])

    @property
    def output_intermediate_dir(self) -> str:
        """What is copied to S3 while the job runs, where the job asks for that."""
        return cast(str, self._facts["output_intermediate_dir"])

    @property
    def checkpoint_dir(self) -> str:
        """Checkpoints, which the platform keeps in step with S3."""
        own = os.environ.get("SM_CHECKPOINT_DIR")
        if own and not self._from_files:
            return own
        configured = _configuration.read_json(os.path.join(self.input_config_dir, "checkpointconfig.json"))
        return cast(str, configured.get("LocalPath") or os.path.join(self.base_dir, "checkpoints"))

    # What was asked.

    @property
    def hyperparameters(self) -> Dict[str, Any]:
        """The user's hyperparameters, decoded: "64" is 64, and what is not JSON is text."""
        return cast(Dict[str, Any], self._facts["hyperparameters"])

    @property
    def additional_framework_parameters(self) -> Dict[str, Any]:
        """Hyperparameters with the prefix sagemaker_ that are for a framework."""
        return cast(Dict[str, Any], self._facts["additional_framework_parameters"])

    @property
    def input_data_config(self) -> Dict[str, Any]:
        """The contents of inputdataconfig.json."""
        return cast(Dict[str, Any], self._facts["input_data_config"])

    @property
    def resource_config(self) -> Dict[str, Any]:
        """The contents of resourceconfig.json."""
        return cast(Dict[str, Any], self._facts["resource_config"])

    @property
    def job_name(self) -> Optional[str]:
        """The name of the training job, TRAINING_JOB_NAME, if there is one."""
        return cast(Optional[str], self._facts["job_name"])

    @property
    def log_level(self) -> int:
        """The level of the log, in the numbers of logging."""
        return cast(int, self._facts["log_level"])

    @property
    def user_entry_point(self) -> Optional[str]:
        """The user's program, as in train.py."""
        return cast(Optional[str], self._facts["user_entry_point"])

    @property
    def module_name(self) -> str:
        """The user's program without .py."""
        return cast(str, self._facts["module_name"])

    @property
    def module_dir(self) -> str:
        """Where the code came from: a directory or an address."""
        return cast(str, self._facts["module_dir"])

    @property
    def framework_module(self) -> Optional[str]:
        """The module:function of a framework, SAGEMAKER_TRAINING_MODULE."""
        return cast(Optional[str], self._facts["framework_module"])

    @property
    def default_user_module_name(self) -> Optional[str]:
        """The user's module where no program is named: the hyperparameter of this name."""
        path = os.path.join(self.input_config_dir, "hyperparameters.json")
        value = mapping.decode(_configuration.read_json(path)).get("default_user_module_name")
        return None if value is None else str(value)

    # On what it runs.

    @property
    def hosts(self) -> List[str]:
        """All hosts of the job."""
        return cast(List[str], self._facts["hosts"])

    @property
    def current_host(self) -> str:
        """This host."""
        return cast(str, self._facts["current_host"])

    @property
    def num_cpus(self) -> int:
        """How many processors this process may use."""
        return cast(int, self._facts["num_cpus"])

    @property
    def num_gpus(self) -> int:
        """How many GPUs there are."""
        return cast(int, self._facts["num_gpus"])

    @property
    def is_master(self) -> bool:
        """Whether this host leads."""
        return cast(bool, self._facts["is_master"])

    def __getattr__(self, name: str) -> Any:
        """Returns a fact that has no line of its own above: instance groups, topology, num_neurons and so on."""
        facts = self.__dict__.get("_facts", {})
        if name in facts:
            return facts[name]
        raise AttributeError("the training environment has no %r; it has: %s" % (name, ", ".join(sorted(facts))))

    # As a program sees it.

    def to_cmd_args(self) -> List[str]:
        """Returns the arguments of the user's program."""
        return mapping.to_cmd_args(self.hyperparameters)

    def to_env_vars(self) -> Dict[str, str]:
        """Returns the SM_* variables of this process."""
        return {name: value for name, value in os.environ.items() if name.startswith("SM_")}


def current() -> Environment:
    """Returns the environment of this process's job."""
    return Environment()
