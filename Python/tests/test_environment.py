"""Facts from variables, from files, and from nothing."""

import importlib
import json
import os
from typing import Any, Dict, List, Tuple

from container_runtime import environment, training_environment
from container_runtime.environment import Environment
from tests.support import JobCase


class EnvironmentTests(JobCase):
    def test_without_any_configuration_there_is_one_local_host(self) -> None:
        self.environ()
        found = Environment()
        self.assertEqual((found.hosts, found.current_host, found.is_master), (["algo-1"], "algo-1", True))
        self.assertEqual((found.hyperparameters, found.channel_input_dirs), ({}, {}))
        self.assertEqual(found.model_dir, str(self.base / "model"))
        self.assertEqual(found.output_data_dir, str(self.base / "output" / "data"))
        self.assertEqual(found.checkpoint_dir, str(self.base / "checkpoints"))
        self.assertGreaterEqual(found.num_cpus, 1)

    def test_files_are_read_as_the_platform_writes_them(self) -> None:
        self.configure(
            hyperparameters={"batch-size": "64", "name": "abc", "quoted": "\"x\"", "sagemaker_program": "\"train.py\"",
                             "sagemaker_mpi_enabled": "true", "_tuning_objective_metric": "loss", "seven": "007"},
            inputdataconfig={"training": {"TrainingInputMode": "File"}},
            resourceconfig={"current_host": "algo-2", "hosts": ["algo-1", "algo-2"], "network_interface_name": "eth1"},
            checkpointconfig={"LocalPath": "/elsewhere"})
        self.environ()
        found = Environment()
        self.assertEqual(found.hyperparameters, {"batch-size": 64, "name": "abc", "quoted": "x", "seven": "007"})
        self.assertEqual(found.additional_framework_parameters, {"sagemaker_mpi_enabled": True})
        self.assertEqual((found.user_entry_point, found.module_name), ("train.py", "train"))
        self.assertEqual(found.channel_input_dirs["training"], str(self.base / "input" / "data" / "training"))
        self.assertEqual((found.current_host, found.is_master), ("algo-2", False))
        self.assertEqual(found.network_interface_name, "eth1")
        self.assertEqual(found.checkpoint_dir, "/elsewhere")
        self.assertEqual(found.to_cmd_args()[:4], ["--batch-size", "64", "--name", "abc"])

    def test_a_variable_goes_before_the_training_environment_and_that_before_the_files(self) -> None:
        self.configure(hyperparameters={"a": "1"}, resourceconfig={"hosts": ["x"], "current_host": "x"})
        whole = {"hyperparameters": {"a": 2}, "model_dir": "/two", "hosts": ["y"], "current_host": "y",
                 "channel_input_dirs": {"Train": "/data/Train"}, "input_dir": "/in", "user_entry_point": "t.py"}
        self.environ(SM_TRAINING_ENV=json.dumps(whole), SM_MODEL_DIR="/three", SM_CHANNEL_TRAIN="/data/Train")
        found = Environment()
        self.assertEqual((found.hyperparameters, found.model_dir, found.hosts), ({"a": 2}, "/three", ["y"]))
        self.assertEqual(found.channel_input_dirs, {"Train": "/data/Train"})
        self.environ(SM_HPS='{"a":3}', SM_CHANNEL_TRAIN="/by/hand", SM_NUM_GPUS="4")
        found = Environment()
        self.assertEqual((found.hyperparameters, found.num_gpus), ({"a": 3}, 4))
        self.assertEqual(found.channel_input_dirs, {"train": "/by/hand"})

    def test_the_variable_of_a_channel_is_no_fact(self) -> None:
        whole = {"channel_input_dirs": {"input_dirs": "/data/input_dirs"}, "user_entry_point": None,
                 "framework_module": None}
        self.environ(SM_TRAINING_ENV=json.dumps(whole), SM_CHANNEL_INPUT_DIRS="/data/input_dirs")
        self.assertEqual(Environment().channel_input_dirs, {"input_dirs": "/data/input_dirs"})

    def test_what_is_not_there_is_none_and_not_empty(self) -> None:
        whole = {"user_entry_point": None, "framework_module": None, "channel_input_dirs": {}}
        self.environ(SM_TRAINING_ENV=json.dumps(whole), SM_USER_ENTRY_POINT="", SM_FRAMEWORK_MODULE="")
        self.assertEqual((Environment().user_entry_point, Environment().framework_module), (None, None))

    def test_groups_that_are_named_in_no_list_are_as_the_runtime_has_them(self) -> None:
        groups = [{"instance_group_name": name, "hosts": [host]} for name, host in (("g1", "algo-1"), ("g2", "algo-2"))]
        self.configure(resourceconfig={"hosts": ["algo-1", "algo-2"], "current_host": "algo-2", "instance_groups": groups,
                                       "current_group_name": "g2"})
        table: Dict[str, Tuple[Any, List[str]]] = {
            '["g2", "g1"]': (["g2", "g1"], ["algo-1", "algo-2"]),
            "g1": ("g1", []),
            "": (["g2"], ["algo-2"]),
            "[]": (["g2"], ["algo-2"]),
        }
        for text, (names, hosts) in table.items():
            with self.subTest(text):
                self.configure(hyperparameters={"sagemaker_distribution_instance_groups": text,
                                                "sagemaker_mpi_enabled": "true"})
                self.environ()
                found = Environment()
                self.assertEqual((found.distribution_instance_groups, found.distribution_hosts), (names, hosts))

    def test_a_variable_that_moved_to_a_file_is_read_there(self) -> None:
        path = self.write("hps", '{"long": "value"}')
        self.environ(SM_HPS_FILE=str(path))
        self.assertEqual(Environment().hyperparameters, {"long": "value"})

    def test_faults_name_their_place(self) -> None:
        self.environ(SM_HPS="{")
        with self.assertRaisesRegex(ValueError, "SM_HPS is not JSON"):
            Environment()
        self.write("input/config/hyperparameters.json", "{,}")
        self.environ()
        with self.assertRaisesRegex(ValueError, "hyperparameters.json: .*line 1"):
            Environment()
        self.write("input/config/hyperparameters.json", "[]")
        with self.assertRaisesRegex(ValueError, "an object is expected, found list"):
            Environment()

    def test_a_channel_that_is_not_there_lists_those_that_are(self) -> None:
        self.configure(inputdataconfig={"train": {}, "test": {}})
        self.environ()
        with self.assertRaisesRegex(KeyError, 'no channel "training"; the channels of this job: test, train'):
            Environment().channel_input_dirs["training"]

    def test_an_unknown_fact_lists_those_that_are(self) -> None:
        self.environ()
        self.assertEqual(Environment().topology, [])
        with self.assertRaisesRegex(AttributeError, "no 'modeldir'; it has: .*model_dir"):
            Environment().modeldir

    def test_secrets_stay_out_of_the_representation(self) -> None:
        self.configure(hyperparameters={"api_key": "s3cret"})
        self.environ()
        self.assertNotIn("s3cret", repr(environment.current()))

    def test_a_base_directory_of_its_own_is_read_from_its_files_alone(self) -> None:
        self.configure(hyperparameters={"a": "1"})
        self.environ(SM_HPS='{"a":2}', SM_CHECKPOINT_DIR="/other")
        found = Environment(base_dir=str(self.base))
        self.assertEqual((found.hyperparameters, found.checkpoint_dir), ({"a": 1}, str(self.base / "checkpoints")))


class ModuleTests(JobCase):
    def module(self, **variables: str) -> Any:
        self.environ(**variables)
        return importlib.reload(training_environment)

    def test_facts_channels_and_hyperparameters_are_names_of_the_module(self) -> None:
        self.configure(hyperparameters={"batch-size": "20", "model_dir": "s3://bucket"},
                       inputdataconfig={"training": {}, "eval-set": {}})
        env = self.module()
        self.assertEqual(env.training_data_dir, str(self.base / "input" / "data" / "training"))
        self.assertEqual(env.eval_set_data_dir, str(self.base / "input" / "data" / "eval-set"))
        self.assertEqual((env.batch_size, env.model_dir), (20, str(self.base / "model")))
        self.assertIn("batch_size", dir(env))
        self.assertIn("model_dir", dir(env))

    def test_an_unknown_name_says_what_the_job_has(self) -> None:
        self.configure(hyperparameters={"epochs": "1"}, inputdataconfig={"training": {}})
        words = r"'epoch' is .* channels \(training\) .* hyperparameters \(epochs\)"
        with self.assertRaisesRegex(AttributeError, words):
            self.module().epoch

    def test_the_facts_are_read_at_the_first_question(self) -> None:
        env = self.module(SAGEMAKER_BASE_DIR="/nonexistent")
        os.environ["SAGEMAKER_BASE_DIR"] = str(self.base)
        self.assertEqual(env.base_dir, str(self.base))
