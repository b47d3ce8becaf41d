"""Pure values and rules: no I/O, no globals, no clock, standard library only.

What needs a database, a file, a request or the time of day does not live here.
"""
