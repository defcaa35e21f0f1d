"""Rewriting: a user's function, with everything that a graph must know of handed to hooks at run time.

    definitions.py  the syntax tree of a function, found by its code and checked against it
    scopes.py       which names are local, free, global
    jumps.py        return, break and continue inside of control flow, written with flags
    lives.py        which variables are read later
    expressions.py  calls, reads, comparisons, and, or, not, ?: as hooks
    statements.py   if, while, for, assert and stores as hooks
    functions.py    the function made from all that

The rewriter is our own, on the standard library's `ast`. diastatic-malt, AutoGraph as a library, writes its result
to a temporary file and maps lines back in tracebacks only; here the compiled code has the user's file and lines, so
that tracebacks, pdb and the sources of nodes point at the user's program without translation.
"""
