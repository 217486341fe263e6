"""What the Lab's examples open."""

from lossviz.core.examples import Preset
from lossviz.lab.state import State, from_query


def opened(example: Preset) -> State:
    return from_query(example.query)[0]
