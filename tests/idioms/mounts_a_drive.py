"""Mounts a drive, as in Colab.

must: crashed: google
"""

from google.colab import drive

drive.mount("/content/drive")


def double(x):
    return 2 * x
