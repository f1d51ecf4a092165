"""`import sagemaker_containers.training_environment as env`, with env.model_dir and env.<hyperparameter>."""

import sys

from container_runtime import training_environment

sys.modules[__name__] = training_environment
