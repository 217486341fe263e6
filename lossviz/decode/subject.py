"""The page on decoding, as links and figures know it."""

from lossviz.decode.figures.parts.content import DecodeContent
from lossviz.decode.quantities import quantities
from lossviz.decode.state import KEYS, from_query
from lossviz.figures.subjects import Subject

SUBJECT = Subject("decode", from_query, KEYS, DecodeContent, quantities)
