"""How the wheel is built: the folder ``assets`` and the list of Streamlit's components travel within the package."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
STAYS = shutil.ignore_patterns("readme", "deploy", "*.py", "__pycache__")
"""What only the repository needs: pictures of the README, how the app is served, programs that make files."""


class WithAssets(build_py):
    """Copies what lies beside the package into it; an editable installation finds it where it is."""

    def run(self) -> None:
        """Build the package, then add the rest."""
        super().run()
        if not self.editable_mode:
            package = Path(self.build_lib) / "lossviz"
            shutil.rmtree(package / "assets", ignore_errors=True)
            shutil.copytree(HERE / "assets", package / "assets", ignore=STAYS)
            shutil.copy(HERE / "pyproject.toml", package)  # Streamlit looks for its components here


setup(cmdclass={"build_py": WithAssets})
