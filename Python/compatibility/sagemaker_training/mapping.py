"""How hyperparameters become arguments and variables."""

from container_runtime.mapping import to_cmd_args, to_env_vars

__all__ = ["to_cmd_args", "to_env_vars"]
