"""SageMaker's own Python client in its local mode, without a network, an account or telemetry."""

import contextlib
import dataclasses
import io
import os
import pathlib
import tarfile
import tempfile

from offline import calls  # noqa: F401, before the client

import boto3
from sagemaker.estimator import Estimator
from sagemaker.local import LocalSession

ROLE = "arn:aws:iam::111122223333:role/training"
# A session takes a second, and nothing of it changes.
_session = None


@dataclasses.dataclass
class Outcome:
    """What a user of the client has in hands after `fit`."""

    error: RuntimeError | None
    log: str
    model_data: str | None
    directory: pathlib.Path

    def members(self, archive):
        """Names and bytes of the files in `model.tar.gz` or `output.tar.gz`."""
        with tarfile.open(self.directory / archive) as members:
            return {m.name: members.extractfile(m).read() for m in members if m.isfile()}


def session(root):
    """A session that mounts local code, keeps its trees below `root`, and has nothing but that."""
    global _session
    _session = _session or LocalSession(boto3.Session())
    # by the label whoever started this clears containers away: the client leaves them behind
    name, _, value = os.environ.get("CLIENT_LABEL", "").partition("=")
    labels = {"labels": {name: value}} if name else {}
    _session.config = {"local": {"local_code": True, "container_root": str(root), "container_config": labels}}
    return _session


def fit(image, source, root, *, program="train.py", hosts=1, hyperparameters=None, channels=None, environment=None):
    """Runs a job as a user of the client does, and returns what is left of it instead of raising.

    Without a `source` the job names no code: the program is in the image.
    """
    code = {"entry_point": program, "source_dir": str(source)} if source else {}
    root = pathlib.Path(tempfile.mkdtemp(dir=root))
    (root / "trees").mkdir()
    estimator = Estimator(
        image_uri=image, role=ROLE, instance_type="local", instance_count=hosts,
        hyperparameters=hyperparameters or {}, environment=environment or {},
        output_path=f"file://{root}/artifacts", sagemaker_session=session(root / "trees"), **code,
    )
    error, log = None, io.StringIO()
    try:
        with contextlib.redirect_stdout(log):
            estimator.fit({name: f"file://{path}" for name, path in (channels or {}).items()}, job_name="client-job")
    except RuntimeError as failure:
        error = failure
    return Outcome(error, log.getvalue(), None if error else estimator.model_data, root / "artifacts")
