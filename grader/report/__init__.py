"""Grades as pages and tables for people. Renders text and decides nothing; writing files is the store's work."""

from grader.report.gradebook import gradebook
from grader.report.pages import class_page, formula_page, student_page

__all__ = ["class_page", "formula_page", "gradebook", "student_page"]
