"""The server: what it serves beside the pages, and what it says when it starts."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from lossviz.scenes.gallery import FOLDER, SAMPLES

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def app() -> ModuleType:
    spec = spec_from_file_location("lossviz_app", ROOT / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_of_the_scenes_only_photographs_are_served(app: ModuleType) -> None:
    served = app.Photographs(directory=FOLDER)
    for sample in SAMPLES.values():
        path, found = served.lookup_path(sample.photo)
        assert bool(found) == bool(sample.photo)
        assert path == (str(FOLDER / sample.photo) if sample.photo else "")
    for other in ("coffee.npz", "coffee.json", "README.md", "nowhere.jpg", ".", "..", "../style.css", "/etc/passwd"):
        assert served.lookup_path(other) == ("", None)


def test_a_scene_that_is_left_out_is_named_in_the_log(
    app: ModuleType, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app.log_refused()
    assert caplog.messages == []
    monkeypatch.setattr(app, "REFUSED", ("'mine.npz': is not there",))
    app.log_refused()
    assert caplog.messages == ["scene left out: 'mine.npz': is not there"]
