"""The page on loss functions, as links and figures know it."""

from lossviz.figures.subjects import Subject
from lossviz.functions.figures.parts.content import FunctionsContent
from lossviz.functions.quantities import quantities
from lossviz.functions.state import KEYS, from_query

SUBJECT = Subject("zoo", from_query, KEYS, FunctionsContent, quantities)
