"""Experiments in a process of their own."""

from pathlib import Path

import numpy as np

from lossviz.core.jobs import Job as AnyJob
from lossviz.core.jobs import Jobs
from lossviz.engine.device import device_for

Request = tuple[int, str]
"""What is asked for: how many points, and which gradient."""
Found = dict[str, np.ndarray]
"""What came out, by name."""
Job = AnyJob[Request, Found]
FILE = "race.npz"


class Laboratory(Jobs[Request, Found]):
    """Where experiments are asked for: a queue of one behind the one that runs."""

    def arguments(self, request: Request, folder: Path) -> list[str]:
        """Return the command of an experiment."""
        points, gradient = request
        asked = ["race", "--points", str(points), "--gradient", gradient, "--npz", str(folder / FILE)]
        return [*asked, "--progress", "json", "--device", device_for("experiment")]

    def read(self, folder: Path) -> Found:
        """Return curves and final errors."""
        with np.load(folder / FILE, allow_pickle=False) as found:
            return {name: found[name] for name in found.files}


LABORATORY = Laboratory()
"""The laboratory that all visitors of this server share."""
