"""The productions, a module for each: a pattern over the shape of a cell, and what a cell of this shape says.

`empty`, `date`, `grade`, `implied`, `between` and `measured` each offer a function of that name, which returns None for
a cell of another shape. `head` reads the words around the numbers for `between` and `measured`.
"""
