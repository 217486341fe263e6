"""Which device computes what, and why, in words."""

from lossviz.core.text import Text, four
from lossviz.engine.device import WORKS, Choice, choice_for


def reason(choice: Choice, text: Text) -> str:
    """Return why a device was chosen, with the milliseconds of each where they were timed."""
    times = text("list_comma").join(f"{name} {four(ms)} ms" for name, ms in choice.times.items())
    return text(f"device_{choice.why}", times=times)


def said(text: Text, *works: str) -> list[str]:
    """Return a sentence for each kind of work, of all if none is named; one for all where there is no choice."""
    choices = {work: choice_for(work) for work in works or WORKS}
    if all(choice.why == "only" for choice in choices.values()):
        return [text("devices_only")]
    values = {work: {"work": text(f"work_{work}"), "device": one.device} for work, one in choices.items()}
    return [text("devices_one", **values[work], why=reason(one, text)) for work, one in choices.items()]
