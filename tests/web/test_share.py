"""Links to share, behind nginx and without it."""

from types import SimpleNamespace

import pytest

from lossviz.core.visit import Visit
from lossviz.web import links
from lossviz.web.links import REPLICA, for_all
from lossviz.web.session import Memory


@pytest.mark.parametrize(
    ("url", "name", "shared"),
    [
        ("http://lossviz.example/r1/lab", "r1", "http://lossviz.example/lab"),
        ("http://lossviz.example/r1/", "r1", "http://lossviz.example/"),
        ("http://lossviz.example/r1", "r1", "http://lossviz.example/"),
        ("http://r1/r1/lab", "r1", "http://r1/lab"),
        ("http://lossviz.example/r12/lab", "r1", "http://lossviz.example/r12/lab"),
        ("http://lossviz.example/r1/lab", None, "http://lossviz.example/r1/lab"),
        ("http://lossviz.example/lab", "r1", "http://lossviz.example/lab"),
    ],
)
def test_a_link_to_share_does_not_name_the_replica_that_made_it(url: str, name: str | None, shared: str) -> None:
    assert for_all(url, name) == shared


def test_the_replica_is_known_from_what_nginx_says(monkeypatch: pytest.MonkeyPatch) -> None:
    context = SimpleNamespace(url="https://lossviz.example/r2/lab?lang=en", headers={REPLICA: "r2"})
    monkeypatch.setattr(links, "st", SimpleNamespace(context=context))
    assert links.address({"lang": "zh"}) == "https://lossviz.example/lab?lang=zh"
    assert links.address({"lang": "zh"}, "overlap") == "https://lossviz.example/overlap?lang=zh"


def test_what_a_teacher_shares_never_says_that_a_teacher_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "st", SimpleNamespace(context=SimpleNamespace(url="http://x/lab", headers={})))
    memory = Memory(visit=Visit(role="teacher", klass="night-b"), page="lab")
    for visit in (None, Visit(role="teacher", view="present")):
        assert "role" not in links.link_of(memory, visit)
    assert links.link_of(memory).endswith("class=night-b")
