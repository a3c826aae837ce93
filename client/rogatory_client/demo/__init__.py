"""The whole story of Rogatory, played by real processes on this computer.

Every office, the relay, each witness of its log and the time-stamping authority run in processes of their
own; an office acts only through the command ``rogatory``, and what the story claims is what those commands
report. When the relay turns against the offices, its operator is a process as well, which has the relay's
folder and nothing else. A step that cannot show its facts fails; nothing prints success by itself. Everything
is in one folder, removed at the end.
"""

from rogatory_client.demo.story import Outcome, StepOutcome, play

__all__ = ["Outcome", "StepOutcome", "play"]
