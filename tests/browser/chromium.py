"""Find a Chromium, or install one: ``python tests/browser/chromium.py --install``."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

DEBIAN = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
"""Debian's packages. The first draws no window around the page and never slows a page behind another; with the second the
tests of phones take two and a half times as long."""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",  # letters as wide as in a window
)


def found() -> str | None:
    """The browser named by CHROMIUM, else Debian's; None for Playwright's own."""
    named = os.environ.get("CHROMIUM")
    return named or next((str(path) for path in DEBIAN if path.exists()), None)


def playwrights_own() -> bool:
    """Whether Playwright has a browser of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def install() -> None:
    """Debian's headless shell as root, else Playwright's own; nothing if one is there that is as quick."""
    if os.environ.get("CHROMIUM") or DEBIAN[0].exists() or playwrights_own():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("installing chromium-headless-shell (Debian package) for the browser tests", flush=True)
        quiet = {"check": True, "stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        packages = ["chromium-headless-shell", "fonts-wqy-microhei"]
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], env=env, **quiet)
    elif not found():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__" and "--install" in sys.argv:
    install()
