"""`from sagemaker_containers.beta import framework; framework.training_env()`"""

from container_runtime.environment import Environment
from sagemaker_containers import training_env
from sagemaker_training import environment as env
from sagemaker_training import errors, mapping, params

__all__ = ["Environment", "env", "errors", "mapping", "params", "training_env"]
