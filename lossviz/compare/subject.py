"""The comparison of implementations, as links and figures know it."""

from lossviz.compare.figures.parts.content import CompareContent
from lossviz.compare.quantities import quantities
from lossviz.compare.state import KEYS, from_query
from lossviz.figures.subjects import Subject

SUBJECT = Subject("ledger", from_query, KEYS, CompareContent, quantities)
