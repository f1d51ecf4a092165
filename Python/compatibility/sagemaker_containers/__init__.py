"""The names of SageMaker Containers that training scripts use, where the package itself is not installed."""

from container_runtime.environment import Environment
from container_runtime.environment import Environment as TrainingEnvironment
from container_runtime.training import Training

__all__ = ["Training", "TrainingEnvironment", "training_env"]


def training_env() -> Environment:
    """Returns the facts of the job."""
    return Environment()
