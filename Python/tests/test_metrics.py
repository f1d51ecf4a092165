"""Metrics: valid lines, a file for each process."""

import json
import os
from typing import Any, List

from container_runtime.metrics import MetricsWriter
from tests.support import JobCase


class MetricsTests(JobCase):
    def lines(self, directory: str, pid: int) -> List[Any]:
        with open(os.path.join(directory, "%d.json" % pid), encoding="ascii") as file:
            return [json.loads(line) for line in file]

    def test_lines_have_the_form_that_the_platforms_agent_reads(self) -> None:
        place = str(self.base / "output" / "metrics" / "sagemaker")
        self.environ()
        with MetricsWriter() as metrics:
            metrics.log("loss", 0.5, timestamp=100.4)
            metrics.log("loss", 0.25, timestamp=101)
            metrics.log("acc:é", 1, iteration=7, timestamp=102)
        self.assertEqual(self.lines(place, os.getpid()), [
            {"MetricName": "loss", "Value": 0.5, "Timestamp": 100, "IterationNumber": 0},
            {"MetricName": "loss", "Value": 0.25, "Timestamp": 101, "IterationNumber": 1},
            {"MetricName": "acc:é", "Value": 1.0, "Timestamp": 102, "IterationNumber": 7},
        ])

    def test_the_platforms_directory_goes_first(self) -> None:
        self.environ(SAGEMAKER_METRICS_DIRECTORY="/ml/m")
        self.assertEqual(MetricsWriter().directory, "/ml/m")
        self.assertEqual(MetricsWriter("/given").directory, "/given")

    def test_what_json_cannot_hold_is_left_out_with_one_warning(self) -> None:
        place = str(self.base / "m")
        metrics = MetricsWriter(place)
        with self.assertLogs("container_runtime.metrics") as log:
            kept = [metrics.log("loss", value) for value in (1.0, float("nan"), float("inf"), 2.0)]
        metrics.close()
        self.assertEqual((kept, len(log.records)), ([True, False, False, True], 1))
        self.assertEqual([line["IterationNumber"] for line in self.lines(place, os.getpid())], [0, 3])

    def test_a_fork_has_a_file_of_its_own(self) -> None:
        place = str(self.base / "m")
        metrics = MetricsWriter(place)
        metrics.log("loss", 1)
        child = os.fork()
        if child == 0:
            metrics.log("loss", 2)
            os._exit(0)
        os.waitpid(child, 0)
        metrics.close()
        self.assertEqual([line["Value"] for line in self.lines(place, os.getpid())], [1.0])
        self.assertEqual([line["Value"] for line in self.lines(place, child)], [2.0])
