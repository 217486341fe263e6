"""The page on objectness, as links and figures know it."""

from lossviz.figures.subjects import Subject
from lossviz.objectness.figures.parts.content import ObjectnessContent
from lossviz.objectness.quantities import quantities
from lossviz.objectness.state import KEYS, from_query

SUBJECT = Subject("objectness", from_query, KEYS, ObjectnessContent, quantities)
