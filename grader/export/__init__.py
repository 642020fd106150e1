"""The way back: grades into a platform's own worksheet, and pages into the zip that it takes back.

A worksheet comes back byte for byte but for its grade cells: nothing is written anew, the cells are found in the text
and replaced there. What could not be placed is told, one sentence each, and never guessed.
"""

from grader.export.command import Chosen, Exported, exported
from grader.export.worksheet import PLATFORMS

__all__ = ["PLATFORMS", "Chosen", "Exported", "exported"]
