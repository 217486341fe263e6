"""Which device computes what."""

from collections.abc import Iterator

import pytest
import torch

from lossviz.engine import device
from lossviz.engine.device import WORKS, checked, choice_for, choice_of, choose, computing_on, device_for, remembered

MS = {"evaluate": {"cpu": 1.0, "cuda": 2.0}, "surface": {"cpu": 4.0, "cuda": 1.0, "mps": 3.0}}


def time(work: str, name: str) -> float:
    return MS[work][name]


def never(work: str, name: str) -> float:
    raise AssertionError(work, name)


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "CHOICES", {})


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(device, "present", lambda: ("cpu", "cuda", "mps"))
    return


@pytest.mark.usefixtures("three")
def test_auto_takes_the_quickest_for_each_kind_of_work() -> None:
    found = {work: choice_of(work, "auto", lambda work, name: MS[work].get(name, 9.0)) for work in MS}
    assert [(one.device, one.why) for one in found.values()] == [("cpu", "fastest"), ("cuda", "fastest")]
    assert found["surface"].times == MS["surface"]


@pytest.mark.usefixtures("three")
def test_who_names_a_device_gets_it_and_nothing_is_timed() -> None:
    assert [choice_of("surface", name, never).device for name in ("cpu", "cuda", "mps")] == ["cpu", "cuda", "mps"]


@pytest.mark.usefixtures("three")
def test_what_needs_double_precision_never_goes_to_mps() -> None:
    choice = choice_of("steps", "mps", never)
    assert (choice.device, choice.why) == ("cpu", "double")
    timed = choice_of("steps", "auto", lambda work, name: {"cpu": 2.0, "cuda": 1.0}[name])
    assert (timed.device, set(timed.times)) == ("cuda", {"cpu", "cuda"})
    with computing_on("mps"):
        assert (device_for("steps"), device_for("evaluate")) == ("cpu", "mps")


def test_where_there_is_one_device_nothing_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "present", lambda: ("cpu",))
    found = choose("auto", never)
    assert set(found) == set(WORKS)
    assert {(one.device, one.why) for one in found.values()} == {("cpu", "only")}


@pytest.mark.usefixtures("three")
def test_a_choice_holds_until_somebody_wishes_otherwise() -> None:
    assert choice_for("surface").why == "only"
    choose("auto", time, ["surface"])
    assert device_for("surface") == "cuda"
    with computing_on("cpu"):
        assert (choice_for("surface").device, choice_for("surface").why) == ("cpu", "asked")
        with computing_on(None):
            assert device_for("surface") == "cuda"
        assert device_for("surface") == "cpu"
    assert device_for("surface") == "cuda"


def test_what_one_device_computed_is_not_handed_out_for_another() -> None:
    asked = []

    @remembered("surface", 4)
    def work(x: int) -> tuple[str, int]:
        asked.append(x)
        return device_for("surface"), x

    assert (work(1), work(1), asked) == (("cpu", 1), ("cpu", 1), [1])
    with computing_on("cuda"):
        assert (work(1), asked) == (("cuda", 1), [1, 1])
    assert (work(1), asked) == (("cpu", 1), [1, 1])


@pytest.mark.parametrize("name", ["tpu", "CPU", "", "cuda:0"])
def test_any_other_name_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(ValueError, match=r"^expected a device of auto, cpu, cuda, mps, not '.*'$"):
        checked(name)


def test_a_device_that_is_not_here_or_cannot_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "present", lambda: ("cpu", "mps"))
    with pytest.raises(ValueError, match=r"here \(cpu, mps\), not 'cuda'"):
        checked("cuda")
    with pytest.raises(ValueError, match="no float64"):
        checked("mps", torch.float64)
    assert checked("mps", torch.float32) == "mps"
    assert checked("auto", torch.float64) == "auto"
