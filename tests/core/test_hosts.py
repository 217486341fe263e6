"""Which addresses lead others to the app."""

import pytest

from lossviz.core.hosts import in_network, loopback


@pytest.mark.parametrize(
    ("url", "alone"),
    [
        ("http://127.0.0.1:8501/lab?lang=en", True),
        ("http://localhost:8501/lab", True),
        ("http://[::1]:8501/lab", True),
        ("http://0.0.0.0:8501/lab", True),
        ("http://192.168.1.20:8501/lab", False),
        ("https://lossviz.example/lab", False),
        ("", False),
    ],
)
def test_only_a_loopback_address_leads_nobody_else_here(url: str, alone: bool) -> None:
    assert loopback(url) is alone


def test_only_the_host_of_a_link_is_another_one_in_the_network() -> None:
    assert (
        in_network("http://127.0.0.1:8501/r1/lab?v=1&x=a%7Cb", "10.0.0.2") == "http://10.0.0.2:8501/r1/lab?v=1&x=a%7Cb"
    )
    assert in_network("http://localhost/lab", "10.0.0.2") == "http://10.0.0.2/lab"
