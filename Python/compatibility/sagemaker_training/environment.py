"""`from sagemaker_training import environment; env = environment.Environment()`"""

import os

from container_runtime._configuration import base_directory
from container_runtime.environment import Environment

__all__ = [
    "Environment", "base_dir", "code_dir", "input_config_dir", "input_dir", "model_dir", "output_data_dir",
    "output_dir", "output_intermediate_dir",
]

base_dir = base_directory()
code_dir = os.path.join(base_dir, "code")
model_dir = os.path.join(base_dir, "model")
input_dir = os.path.join(base_dir, "input")
input_config_dir = os.path.join(input_dir, "config")
output_dir = os.path.join(base_dir, "output")
output_data_dir = os.path.join(output_dir, "data")
output_intermediate_dir = os.path.join(output_dir, "intermediate")
