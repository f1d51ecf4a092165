"""The client that people submit jobs with drives the image: Estimator(instance_type="local").fit(...).

usage: CLIENT_IMAGE=IMAGE CLIENT_OWN_IMAGE=IMAGE python -m unittest discover -s Tests/Client [-k NAME]
"""

import json
import os
import pathlib
import tempfile
import unittest

try:
    import local_mode
except ModuleNotFoundError as missing:
    raise unittest.SkipTest(f"{missing}: version 3 of the client has no Estimator")

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parent.parent / "Examples"
DATA = EXAMPLES / "digits" / "input" / "data"
IMAGE = os.environ.get("CLIENT_IMAGE", "container-runtime:base")
OWN_IMAGE = os.environ.get("CLIENT_OWN_IMAGE")


class LocalMode(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(directory.cleanup)
        self.root = directory.name
        local_mode.calls.clear()

    def fit(self, source, image=IMAGE, **options):
        outcome = local_mode.fit(image, source, self.root, **options)
        self.assertEqual(local_mode.calls, [], "the client asked for a name or an address")
        return outcome

    def test_one_host_trains_and_leaves_a_model(self):
        outcome = self.fit(
            EXAMPLES / "own-hyperparameters" / "code",
            hyperparameters={"epochs": 5, "learning_rate": 0.1, "seed": 7},
            channels={"train": DATA / "train", "test": DATA / "test"},
        )
        self.assertIsNone(outcome.error, outcome.log)
        self.assertRegex(outcome.log, r"accuracy=0\.9\d+;")
        self.assertEqual(outcome.model_data, f"file://{outcome.directory}/model.tar.gz")
        model = json.loads(outcome.members("model.tar.gz").pop("model.json"))
        self.assertEqual([len(weights) for weights in model["weights"]], [65] * 10)
        output = outcome.members("output.tar.gz")
        self.assertIn("success", output)
        # the client packs both, so nothing else does
        self.assertFalse({"failure", "model.tar.gz", "output.tar.gz"} & output.keys(), output.keys())

    def test_hyperparameters_and_channels_arrive(self):
        outcome = self.fit(
            HERE / "jobs",
            hyperparameters={"epochs": 3, "rate": 0.5, "name": "a b", "layers": [1, 2], "nesterov": True, "none": None},
            channels={"train": DATA / "train"},
            environment={"SM_OWN": "1"},
        )
        self.assertIsNone(outcome.error, outcome.log)
        seen = json.loads(outcome.members("model.tar.gz")["algo-1.json"])
        self.assertEqual(
            seen["arguments"],
            ["--epochs", "3", "--layers", "[1, 2]", "--name", "a b", "--nesterov", "True", "--none", "", "--rate", "0.5"],
        )
        variables = seen["variables"]
        self.assertEqual(variables["SM_CHANNEL_TRAIN"], "/opt/ml/input/data/train")
        self.assertEqual(variables["SM_MODULE_DIR"], "/opt/ml/code")
        self.assertEqual(variables["SM_USER_ENTRY_POINT"], "train.py")
        self.assertEqual(variables["SM_CURRENT_INSTANCE_TYPE"], "local")
        self.assertEqual(variables["SM_OWN"], "1")
        self.assertEqual(json.loads(variables["SM_TRAINING_ENV"])["job_name"], "client-job")
        self.assertEqual(outcome.members("output.tar.gz")["data/seen.txt"].decode(), variables["SM_CURRENT_HOST"])

    @unittest.skipUnless(OWN_IMAGE, "CLIENT_OWN_IMAGE names no image of Examples/byoc")
    def test_an_image_of_ones_own_needs_no_code(self):
        outcome = self.fit(
            None,
            image=OWN_IMAGE,
            hyperparameters={"epochs": "2", "learning_rate": "0.1", "seed": "7"},
            channels={"train": DATA / "train", "test": DATA / "test"},
        )
        self.assertIsNone(outcome.error, outcome.log)
        self.assertRegex(outcome.log, r"accuracy=0\.9\d+;")
        self.assertEqual(list(outcome.members("model.tar.gz")), ["model.json"])

    def test_a_failure_raises_and_is_told(self):
        outcome = self.fit(HERE / "jobs", hyperparameters={"fail": "algo-1"})
        self.assertRegex(str(outcome.error), "exited with code: 1$")
        self.assertIn("ValueError: bad shard on algo-1", outcome.log)
        output = outcome.members("output.tar.gz")
        self.assertTrue(output["failure"].decode().startswith("ExecuteUserScriptError: ValueError: bad shard on algo-1\n"))
        self.assertNotIn("success", output)

    def test_the_exit_code_is_the_scripts(self):
        outcome = self.fit(HERE / "jobs", program="exit.py", hyperparameters={"code": 42})
        self.assertRegex(str(outcome.error), "exited with code: 42$")
        self.assertIn("ExitCode 42", outcome.members("output.tar.gz")["failure"].decode())

    def test_two_hosts_see_each_other(self):
        outcome = self.fit(HERE / "jobs", hosts=2, hyperparameters={"epochs": 3})
        self.assertIsNone(outcome.error, outcome.log)
        model = outcome.members("model.tar.gz")
        self.assertEqual(sorted(model), ["algo-1.json", "algo-2.json"])
        for host in ("algo-1", "algo-2"):
            seen = json.loads(model[host + ".json"])
            hosts = json.loads(seen["variables"]["SM_HOSTS"])
            self.assertEqual([name[:6] for name in hosts], ["algo-1", "algo-2"])
            self.assertEqual(seen["variables"]["SM_CURRENT_HOST"][:6], host)
            self.assertEqual(seen["variables"]["SM_MASTER_ADDR"][:6], "algo-1")
            self.assertEqual(seen["reachable"], dict.fromkeys(hosts, True))

    def test_a_failing_host_ends_the_other(self):
        outcome = self.fit(HERE / "jobs", hosts=2, hyperparameters={"fail": "algo-2"})
        self.assertRegex(str(outcome.error), r"exited with code: 1$")
        self.assertIn("ValueError: bad shard on algo-2", outcome.log)
        self.assertNotIn("success", outcome.members("output.tar.gz"))


if __name__ == "__main__":
    unittest.main()
