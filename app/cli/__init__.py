"""The ``lierre`` command: arguments in, one call, a report out."""
