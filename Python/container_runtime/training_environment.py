"""The facts of the job as a module, in the style of the first SageMaker Containers.

    import container_runtime.training_environment as env

    parser.add_argument("--training-data-dir", default=env.training_data_dir)   # the channel "training"
    parser.add_argument("--batch-size", type=int, default=env.batch_size)       # a hyperparameter
    parser.add_argument("--model-dir", default=env.model_dir)                   # a fact

A name is looked for in this order: a fact of `Environment`, `<channel>_data_dir`, a hyperparameter ("-" as "_").
The facts are read at the first question.
"""

from typing import Any, Dict, List, Optional

from container_runtime.environment import Environment

TrainingEnvironment = Environment

_current: Optional[Environment] = None


def _environment() -> Environment:
    global _current
    if _current is None:
        _current = Environment()
    return _current


def _hyperparameters() -> Dict[str, Any]:
    return {name.replace("-", "_"): value for name, value in _environment().hyperparameters.items()}


def __getattr__(name: str) -> Any:
    # Names with two underscores are Python's own questions: whether this is a package, what it exports.
    if name.startswith("__"):
        raise AttributeError(name)
    environment = _environment()
    try:
        return getattr(environment, name)
    except AttributeError:
        pass
    channels = {channel.replace("-", "_").replace(".", "_"): path
                for channel, path in environment.channel_input_dirs.items()}
    if name.endswith("_data_dir") and name[: -len("_data_dir")] in channels:
        return channels[name[: -len("_data_dir")]]
    values = _hyperparameters()
    if name in values:
        return values[name]
    raise AttributeError(
        "%r is no fact of the job, none of its channels (%s) and none of its hyperparameters (%s)"
        % (name, ", ".join(sorted(channels)) or "none", ", ".join(sorted(values)) or "none"))


def __dir__() -> List[str]:
    facts = [name for name in dir(Environment) if not name.startswith("_")]
    return sorted(facts + list(_hyperparameters()) + ["TrainingEnvironment"])
