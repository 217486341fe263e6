"""The page on the articles, as links know it; it has no figures."""

from lossviz.articles.state import KEYS, from_query
from lossviz.figures.subjects import Subject

SUBJECT = Subject("articles", from_query, KEYS)
