"""The page on IoU losses, as links and figures know it."""

from lossviz.figures.subjects import Subject
from lossviz.overlap.figures.parts.content import OverlapContent
from lossviz.overlap.quantities import quantities
from lossviz.overlap.state import KEYS, from_query

SUBJECT = Subject("overlap", from_query, KEYS, OverlapContent, quantities)
