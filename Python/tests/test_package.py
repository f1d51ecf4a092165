"""The package as pip installs it, without a network, and the names of others."""

import importlib.util
import subprocess
import sys
import unittest
import venv
from pathlib import Path

from tests.support import PYTHON, JobCase

SCRIPT = """
import sagemaker_containers, sagemaker_containers.training_environment as env
from sagemaker_containers import Training, TrainingEnvironment
from sagemaker_containers.beta import framework
from sagemaker_training import environment, errors, mapping, params
print(env.model_dir, env.epochs, sagemaker_containers.training_env().hosts, environment.Environment().num_gpus,
      environment.code_dir, framework.training_env().current_host, mapping.to_cmd_args({"ab": 1}))
try:
    from sagemaker_training import entry_point
except ImportError as error:
    print(error)
"""


class PackageTests(JobCase):
    def test_the_embedded_text_is_the_bridge(self) -> None:
        if not (PYTHON.parent / "Sources").is_dir():
            self.skipTest("the Swift sources are not beside this copy of the package")
        self.assertEqual(subprocess.call([sys.executable, str(PYTHON / "embed_bridge.py"), "--check"]), 0)

    @unittest.skipUnless(importlib.util.find_spec("ensurepip"), "this Python cannot make an environment with pip")
    def test_it_installs_without_a_network_and_others_names_come_last(self) -> None:
        self.configure(hyperparameters={"epochs": "3"})
        place = self.base.parent / "venv"
        venv.create(str(place), with_pip=True)
        python = str(place / "bin" / "python")
        variables = self.variables(PIP_NO_INDEX="1", PIP_DISABLE_PIP_VERSION_CHECK="1", HOME=str(self.base))
        variables.pop("PYTHONPATH")
        subprocess.run([python, "-m", "pip", "install", "--quiet", str(PYTHON)], env=variables, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=300)
        said = subprocess.check_output([python, "-c", SCRIPT], env=variables).decode().splitlines()
        code = str(self.base / "code")
        self.assertEqual(said[0], "%s/model 3 ['algo-1'] 0 %s algo-1 ['--ab', '1']" % (self.base, code))
        self.assertIn("install sagemaker-training", said[1])

        # Once the real package is there, it is the one that is found.
        packages = Path(subprocess.check_output(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], env=variables).decode().strip())
        (packages / "sagemaker_training").mkdir()
        (packages / "sagemaker_training" / "__init__.py").write_text("REAL = True\n")
        check = "import sagemaker_training; assert sagemaker_training.REAL"
        subprocess.run([python, "-c", check], env=variables, check=True)

    def test_the_bridge_runs_as_a_module_too(self) -> None:
        self.write("framework/fw.py", "def main(): raise SystemExit(4)\n")
        done = subprocess.run([sys.executable, "-m", "container_runtime.framework", "fw:main"], env=self.variables())
        self.assertEqual(done.returncode, 4)
