"""The page on assignment, as links and figures know it."""

from lossviz.assignment.figures.parts.content import AssignmentContent
from lossviz.assignment.quantities import quantities
from lossviz.assignment.state import KEYS, from_query
from lossviz.figures.subjects import Subject

SUBJECT = Subject("assignment", from_query, KEYS, AssignmentContent, quantities)
