"""Tries the calls that exploits of the kernel begin with: bpf, userfaultfd, perf, keys, fanotify, kexec and their like.

must: crashed
harm: neighbour
"""

import ctypes
import platform

libc = ctypes.CDLL(None, use_errno=True)
CALLS = {
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "add_key": (248, 217),
    "keyctl": (250, 219),
    "fanotify_init": (300, 262),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "process_vm_readv": (310, 270),
    "kcmp": (312, 272),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "memfd_secret": (447, 447),
    "landlock_create_ruleset": (444, 444),
    "modify_ldt": (154, None),
    "personality": (135, 92),
    "quotactl": (179, 60),
    "acct": (163, 89),
    "syslog": (103, 116),
    "swapon": (167, 224),
    "reboot": (169, 142),
    "sethostname": (170, 161),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "vmsplice": (278, 75),
    "inotify_init1": (294, 26),
}
PERMITTED = 1


def refused(number):
    """Whether the call is refused as such: EPERM or ENOSYS whatever its arguments are."""
    ctypes.set_errno(0)
    seen = libc.syscall(number, ctypes.c_long(-1), ctypes.c_long(-1), ctypes.c_long(-1), ctypes.c_long(-1))
    return seen < 0 and ctypes.get_errno() in (1, 38)


def double(x):
    which = ("x86_64", "aarch64").index(platform.machine())
    numbers = {name: pair[which] for name, pair in CALLS.items() if pair[which] is not None}
    through = [name for name, number in numbers.items() if not refused(number)]
    if not through:
        raise PermissionError("every call was refused")
    print("these calls went through:", *through)
    return 2 * x


def triple(x):
    return 3 * x
