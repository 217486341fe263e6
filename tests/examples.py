"""What the Lab's examples open."""

from lossviz.presets import Preset
from lossviz.state import State, from_query


def opened(example: Preset) -> State:
    return from_query(example.query)[0]
