"""What can keep the project from running on one machine, in words that say what to do."""


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
