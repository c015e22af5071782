"""Simulated studies of which the truth is known, to see whether the tables' numbers hold.

An *experiment* simulates one study, runs the functions that the pipeline runs, and lists what came
out (`outcomes`). It is repeated for each *cell*, a set of sizes of the study (`cells`), and what
came out is counted (`rates`) and written down (`document`).
"""
