"""Capture: running a Python program once to obtain a graph that equals it on every input, or refuses.

What stands where:

    rewriting/     user functions, with `if`, `while`, calls, reads… handed to a Session at run time
    runtime.py     Session: one capture in progress, and the hooks that rewritten code calls
    outside.py     what the program reads and writes outside of itself
    foreign.py     calls of what has no Python source: builtins, numpy, time, random…
    report.py      what was baked, assumed, unrolled and dropped

A graph is made by running rewritten code. Eager runs use the user's own.
"""
