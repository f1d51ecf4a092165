"""What a training script or a framework's container wants to know and to do, with the standard library alone.

`Environment` has the facts of the job, `Training` runs a function-style framework, `Checkpoints` saves and resumes,
`PipeChannel` reads Pipe mode, `MetricsWriter` writes metrics.
"""

from container_runtime.checkpoints import Checkpoints
from container_runtime.environment import ChannelDirectories, Environment, current
from container_runtime.metrics import MetricsWriter
from container_runtime.pipe import PipeChannel
from container_runtime.recordio import RecordIOError, read_records, read_samples
from container_runtime.training import Training

TrainingEnvironment = Environment

__version__ = "0.1.0"

__all__ = [
    "ChannelDirectories",
    "Checkpoints",
    "Environment",
    "MetricsWriter",
    "PipeChannel",
    "RecordIOError",
    "Training",
    "TrainingEnvironment",
    "current",
    "read_records",
    "read_samples",
]
