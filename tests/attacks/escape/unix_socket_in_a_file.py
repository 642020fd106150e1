"""Plants a socket as a file outside of its scratch folder, for the next student to call.

must: crashed
harm: planted
"""

import socket


def double(x):
    with socket.socket(socket.AF_UNIX) as link:
        link.bind("@HARM@/unix_socket_in_a_file")
    return 2 * x


def triple(x):
    return 3 * x
