"""Fuzzing: mutants of good input go through everything that reads what strangers wrote, and nothing may give way.

subjects   what is fuzzed: seeds, and a function that raises nothing but a fault
mutants    good input → broken input, from a random number alone
judging    one mutant → fine, refused or a fault; with limits of time and memory
__main__   many mutants, in processes of their own, counted; `make fuzz`

A fault is an exception that no reader has a type for, a promise that does not hold, more than 2 seconds of processor
time or more than 512 MiB. Each that was ever found stands as a file in tests/data/fuzz.
"""
