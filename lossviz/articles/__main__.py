"""``python -m lossviz.articles`` prints the map of the articles as Markdown: ``assets/articles/README.md``."""

from lossviz.articles.view import markdown

print(markdown())  # noqa: T201 - this is what it is for
