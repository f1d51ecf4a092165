"""The names of the SageMaker Training Toolkit that training scripts use, where the toolkit itself is not installed."""

from typing import NoReturn

from sagemaker_training import environment, errors, mapping, params

__all__ = ["environment", "errors", "mapping", "params"]

_TOOLKIT_ONLY = (
    "entry_point", "files", "intermediate_output", "logging_config", "modules", "mpi", "process", "pytorch_xla",
    "runner", "smdataparallel", "timeout", "torch_distributed", "trainer",
)


def __getattr__(name: str) -> NoReturn:
    if name in _TOOLKIT_ONLY:
        raise ImportError("sagemaker_training.%s is not among the names that container_runtime offers; "
                          "install sagemaker-training in the image" % name)
    raise AttributeError("module 'sagemaker_training' has no attribute %r" % name)
