"""What can keep the project from running on one machine, in words that say what to do."""

# The exit code of a step that has told the person itself what is wrong.
TOLD = 3


class LocalError(Exception):
    """Something about this machine must be put right by hand; the message is one line that says what."""


class DiskFull(LocalError):
    pass


class ServerDidNotStart(LocalError):
    pass


class PortTaken(LocalError):
    pass


class DatabaseUnreachable(LocalError):
    pass


class DatabaseTooNew(LocalError):
    pass


class StepFailed(LocalError):
    pass


class ProcessDied(LocalError):
    pass
