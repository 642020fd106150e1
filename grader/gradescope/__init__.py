"""Gradebound on Gradescope: what its autograder reads and writes."""
