"""Function-style frameworks: the author hands in one function, the user's module offers what it calls."""

import importlib
import importlib.util
import os
import signal
import sys
from types import ModuleType
from typing import Any, Callable, List, Optional

from container_runtime.environment import Environment
from container_runtime.errors import ImportModuleError

#: f(user_module, training_environment): trains with what the user's module offers, and saves the model.
TrainFunction = Callable[[Any, Environment], Any]


class Training:
    """One training: the environment's facts, the user's module, the framework's function.

        def train_fn(user_module, training_environment):
            model = user_module.train(training_environment.channel_input_dirs["training"],
                                      training_environment.hyperparameters)
            model.save(os.path.join(training_environment.model_dir, "model"))

        def main():
            Training.from_train_fn(train_fn=train_fn).run()

    `train` does the rest, with SAGEMAKER_TRAINING_MODULE=my_framework:main in the image: code and requirements before
    it, the failure file, the exit status and the archive after it.
    """

    def __init__(
        self, training_process_fn: Callable[[Environment], Any], environment: Optional[Environment] = None
    ) -> None:
        """Makes a training of a function of the environment alone."""
        self.environment = environment or Environment()
        self.training_process_fn = training_process_fn

    @classmethod
    def from_train_fn(cls, train_fn: TrainFunction, environment: Optional[Environment] = None) -> "Training":
        """Makes a training of a framework's function; the user's module is imported when it runs.

        The working directory is then the code directory, as for a script.
        """

        def process(facts: Environment) -> None:
            if os.path.isdir(facts.code_dir):
                os.chdir(facts.code_dir)
            train_fn(import_user_module(facts), facts)

        return cls(process, environment)

    @classmethod
    def from_module(cls, module_name: str, environment: Optional[Environment] = None) -> "Training":
        """Makes a training of a module that is installed; it runs as `python -m module_name` would."""
        import runpy

        return cls(lambda facts: runpy.run_module(module_name, run_name="__main__", alter_sys=True), environment)

    def run(self) -> None:
        """Runs the training in this process; what it raises is the failure of the job."""
        # The bridge keeps this process alive while a program that it started answers a stop. Here nothing is started:
        # the stop is the training's own, and a function that is deep in a library has to end by it at once.
        if getattr(signal.getsignal(signal.SIGTERM), "__name__", "") == "outlive":
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self.training_process_fn(self.environment)

    start = run


def import_user_module(environment: Environment) -> ModuleType:
    """Imports the user's program as a module: sagemaker_program, else default_user_module_name, else train.py.

    Raises:
        ImportModuleError: it is not there, or raised while it was imported.
    """
    code = environment.code_dir
    name = environment.user_entry_point or environment.default_user_module_name or "train.py"
    if code not in sys.path:
        sys.path.insert(0, code)
    path = os.path.join(code, name if name.endswith(".py") else name.replace(".", os.sep) + ".py")
    module_name = os.path.relpath(path, code)[: -len(".py")].replace(os.sep, ".")
    try:
        if os.path.isfile(path):
            # What lies beside a script is found by it, as when it is run.
            if os.path.dirname(path) not in sys.path:
                sys.path.insert(0, os.path.dirname(path))
            return _import_file(module_name, path)
        # A file that is named and missing is not looked for elsewhere: somebody may have installed a module "train".
        if not name.endswith(".py") or _is_package(code):
            return importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not (module_name + ".").startswith(error.name + "."):
            raise ImportModuleError(_message(name, error)) from error
    except Exception as error:
        raise ImportModuleError(_message(name, error)) from error
    holds = ", ".join(_listing(code)) or "nothing"
    raise ImportModuleError('the user\'s module "%s" is not there: %s holds %s' % (name, code, holds))


def _message(name: str, error: Exception) -> str:
    return 'the user\'s module "%s" cannot be imported: %s: %s' % (name, type(error).__name__, error)


def _is_package(code: str) -> bool:
    """Whether the code directory was installed, so that its modules are found by name."""
    return any(os.path.exists(os.path.join(code, name)) for name in ("setup.py", "pyproject.toml"))


def _import_file(name: str, path: str) -> ModuleType:
    """Imports a file, whatever a module of that name may be installed: a user's train.py or test.py is meant."""
    if name in sys.modules:
        # Somebody else's module; the name that the first SageMaker Containers gave a user's.
        name = "default_user_module_name"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError("%s cannot be loaded" % path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _listing(directory: str) -> List[str]:
    try:
        names = sorted(os.listdir(directory))
    except OSError:
        return []
    return names[:12] + (["and %d more" % (len(names) - 12)] if len(names) > 12 else [])
