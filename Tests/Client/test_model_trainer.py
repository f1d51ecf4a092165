"""The client's other way: a ModelTrainer in its container mode, without source code, runs an image of one's own.

Version 3 of the client has nothing else; version 2 has it too, in another module.

usage: CLIENT_OWN_IMAGE=IMAGE python -m unittest discover -s Tests/Client -k ModelTrainer
"""

import contextlib
import io
import json
import os
import pathlib
import subprocess
import tarfile
import tempfile
import unittest

import offline  # before the client

import boto3

try:
    from sagemaker.core.helper.session_helper import Session
    from sagemaker.train.configs import Compute, InputData
    from sagemaker.train.model_trainer import Mode, ModelTrainer
except ModuleNotFoundError:
    from sagemaker.modules.configs import Compute, InputData
    from sagemaker.modules.train.model_trainer import Mode, ModelTrainer
    from sagemaker_core.helper.session_helper import Session as CoreSession
    from sagemaker.config import load_sagemaker_config

    class Session(CoreSession):
        """Carries the defaults in which telemetry is off: version 2 looks for them in the session, which has none."""

        sagemaker_config = load_sagemaker_config()

DATA = pathlib.Path(__file__).resolve().parent.parent.parent / "Examples" / "digits" / "input" / "data"
OWN_IMAGE = os.environ.get("CLIENT_OWN_IMAGE")


@unittest.skipUnless(OWN_IMAGE, "CLIENT_OWN_IMAGE names no image of Examples/byoc")
class ModelTrainerTests(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(directory.cleanup)
        self.root = directory.name
        self.addCleanup(self.remove_containers)

    def remove_containers(self):
        """The client leaves its containers behind, and takes no label for them; compose has one of its own."""
        label = f"label=com.docker.compose.project.working_dir={self.root}"
        left = subprocess.run(["docker", "ps", "-aq", "--filter", label], capture_output=True, text=True).stdout.split()
        subprocess.run(["docker", "rm", "-f", *left], capture_output=True, check=True)

    def train(self, *channels, **hyperparameters):
        offline.calls.clear()
        trainer = ModelTrainer(
            training_mode=Mode.LOCAL_CONTAINER, training_image=OWN_IMAGE, local_container_root=self.root,
            compute=Compute(instance_type="local_cpu", instance_count=1), base_job_name="client-job",
            role="arn:aws:iam::111122223333:role/training", sagemaker_session=Session(boto3.Session()),
            hyperparameters=hyperparameters,
        )
        log = io.StringIO()
        try:
            with contextlib.redirect_stdout(log):
                trainer.train(input_data_config=[
                    InputData(channel_name=name, data_source=str(DATA / name)) for name in channels
                ])
        finally:
            self.assertEqual(offline.calls, [], "the client asked for a name or an address")
        return log.getvalue()

    def members(self, archive):
        with tarfile.open(f"{self.root}/compressed_artifacts/{archive}") as members:
            return {m.name: members.extractfile(m).read() for m in members if m.isfile()}

    def test_a_model_is_trained(self):
        log = self.train("train", "test", epochs="2", learning_rate="0.1", seed="7")
        self.assertRegex(log, r"accuracy=0\.9\d+;")
        weights = json.loads(self.members("model.tar.gz")["model.json"])["weights"]
        self.assertEqual([len(row) for row in weights], [65] * 10)

    def test_a_failure_raises(self):
        # without the other channel it fails at the end: docker-compose 1 loses the code of what ends before it listens
        with self.assertRaisesRegex(RuntimeError, "exited with code: 1"):
            self.train("train", epochs="10", learning_rate="0.1", seed="7")
        failure = self.members("output.tar.gz")["failure"].decode()
        self.assertTrue(failure.startswith("ExecuteUserScriptError: ZeroDivisionError: "), failure)


if __name__ == "__main__":
    unittest.main()
