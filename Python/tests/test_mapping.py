"""Arguments and variables, against the toolkit's recorded answers where the repository is there."""

import json
import unittest
from typing import Any, Dict, List

from container_runtime import mapping
from tests.support import PYTHON

CASES = PYTHON.parent / "Tests" / "RuntimeTests" / "Conformance" / "Cases"


class MappingTests(unittest.TestCase):
    def test_arguments(self) -> None:
        table: "list[tuple[Dict[str, Any], List[str]]]" = [
            ({}, []),
            ({"": ""}, ["", ""]),
            ({"U": "1", "b": 2, "T": None, "": "42"}, ["", "42", "-T", "", "-U", "1", "-b", "2"]),
            ({"map": {"b": [1, 3], "a": {"x": None}}}, ["--map", "a={'x': None},b=[1, 3]"]),
            ({"truthy": True, "falsy": False}, ["--falsy", "False", "--truthy", "True"]),
        ]
        for values, words in table:
            with self.subTest(values):
                self.assertEqual(mapping.to_cmd_args(values), words)

    def test_variables(self) -> None:
        self.assertEqual(
            mapping.to_env_vars({"": None, "unicode": "¡ø", "list": ["¡", 1.0, None], "Do.t": True}),
            {"": "", "SM_UNICODE": "¡ø", "SM_LIST": '["\\u00a1",1.0,null]', "SM_DO.T": "true"})

    @unittest.skipUnless(CASES.is_dir(), "the recorded cases are not beside this copy of the package")
    def test_the_recorded_arguments(self) -> None:
        compared = 0
        for path in sorted(CASES.glob("*.json")):
            case = json.loads(path.read_text(encoding="utf-8"))
            added = case.get("toolkit", {}).get("environment_added", {})
            written = case["files"].get("input/config/hyperparameters.json", {}).get("text")
            if case["verdict"] != "same" or "SM_USER_ARGS" not in added or written is None:
                continue
            with self.subTest(path.name):
                user, _ = mapping.split(mapping.decode(json.loads(written)))
                self.assertEqual(mapping.to_cmd_args(user), json.loads(added["SM_USER_ARGS"]))
                for name, value in mapping.to_env_vars({"hp_" + key: value for key, value in user.items()}).items():
                    self.assertEqual(value, added.get(name, value))
                compared += 1
        self.assertGreater(compared, 20)
