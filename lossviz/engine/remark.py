"""What the engine has to say in words: the key of a sentence, whose words stand in the catalogues in ``assets/text``."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Remark:
    """A sentence about a program by its key, with the values that are filled in; its words have no mark at their end."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
