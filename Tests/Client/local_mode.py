"""SageMaker's own Python client in its local mode, without a network, an account or telemetry."""

import contextlib
import dataclasses
import io
import os
import pathlib
import sys
import tarfile
import tempfile

# Credentials that are none, and nobody's settings.
os.environ.update(
    AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE",
    AWS_SECRET_ACCESS_KEY="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    AWS_DEFAULT_REGION="eu-west-1",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    AWS_EC2_METADATA_DISABLED="true",
    SAGEMAKER_ADMIN_CONFIG_OVERRIDE=os.devnull,
    SAGEMAKER_USER_CONFIG_OVERRIDE=os.devnull,
    SAGEMAKER_SUPPRESS_V2_WARNING="1",
)
for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION"):
    os.environ.pop(name, None)

import boto3  # noqa: E402
from sagemaker.estimator import Estimator  # noqa: E402
from sagemaker.local import LocalSession  # noqa: E402

ROLE = "arn:aws:iam::111122223333:role/training"
calls = []


def _watch(event, arguments):
    """Refuses and notes every name and address that this process looks for; the engine's socket is a file."""
    if event == "socket.getaddrinfo" or (event == "socket.connect" and not isinstance(arguments[1], (str, bytes))):
        calls.append((event, *map(str, arguments)))
        raise PermissionError(f"{event} {arguments}: nothing here needs a network")


sys.addaudithook(_watch)

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
    """A session that mounts local code, keeps its trees below `root`, and tells nobody of it."""
    global _session
    telemetry = {"SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}}}
    _session = _session or LocalSession(boto3.Session(), sagemaker_config={"SchemaVersion": "1.0", **telemetry})
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
