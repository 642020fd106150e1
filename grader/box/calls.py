"""The system calls that a student process may make, as `name:x86-64:aarch64`; `-` where there is none.

Written from linux/unistd.h. What is not here fails with EPERM, so that code which can do without it goes on; calls
newer than this table fail with ENOSYS, as on an older kernel.
"""

from __future__ import annotations

Numbers = tuple[int | None, int | None]

NEWEST = 461


def _table(text: str) -> dict[str, Numbers]:
    rows = (
        entry.split(":") for line in text.splitlines() if not line.lstrip().startswith("#") for entry in line.split()
    )
    return {name: (_number(x86), _number(arm)) for name, x86, arm in rows}


def _number(text: str) -> int | None:
    return None if text == "-" else int(text)


ALLOWED = _table("""
    # Files that are open.
    read:0:63 write:1:64 readv:19:65 writev:20:66 pread64:17:67 pwrite64:18:68 preadv:295:69 pwritev:296:70
    preadv2:327:286 pwritev2:328:287 lseek:8:62 close:3:57 close_range:436:436 dup:32:23 dup2:33:- dup3:292:24
    pipe:22:- pipe2:293:59 fcntl:72:25 flock:73:32 fsync:74:82 fdatasync:75:83 ftruncate:77:46 fallocate:285:47
    sendfile:40:71 copy_file_range:326:285 open:2:-
    # Files by name: Landlock decides which.
    openat:257:56 creat:85:- stat:4:- lstat:6:- fstat:5:80 newfstatat:262:79 statx:332:291 access:21:-
    faccessat:269:48 faccessat2:439:439 readlink:89:- readlinkat:267:78 getdents:78:- getdents64:217:61
    getcwd:79:17 chdir:80:49 fchdir:81:50 mkdir:83:- mkdirat:258:34 rmdir:84:- unlink:87:- unlinkat:263:35
    rename:82:- renameat:264:38 renameat2:316:276 statfs:137:43 fstatfs:138:44 umask:95:166 fadvise64:221:223
    readahead:187:213
    # Waiting and talking over what is open.
    poll:7:- ppoll:271:73 select:23:- pselect6:270:72 epoll_create:213:- epoll_create1:291:20 epoll_ctl:233:21
    epoll_wait:232:- epoll_pwait:281:22 epoll_pwait2:441:441 eventfd:284:- eventfd2:290:19 timerfd_create:283:85
    timerfd_settime:286:86 timerfd_gettime:287:87 sendto:44:206 recvfrom:45:207 sendmsg:46:211 recvmsg:47:212
    shutdown:48:210 getsockname:51:204 getpeername:52:205 setsockopt:54:208 getsockopt:55:209
    # Memory.
    brk:12:214 munmap:11:215 mremap:25:216 mprotect:10:226 madvise:28:233 mincore:27:232 msync:26:227
    mlock:149:228 munlock:150:229 mlock2:325:284 membarrier:324:283 get_mempolicy:239:236
    # Threads and scheduling.
    futex:202:98 futex_waitv:449:449 set_robust_list:273:99 get_robust_list:274:100 set_tid_address:218:96
    rseq:334:293 sched_yield:24:124 sched_getaffinity:204:123 sched_getparam:143:121 sched_getscheduler:145:120
    sched_get_priority_max:146:125 sched_get_priority_min:147:126 getpriority:140:141 getcpu:309:168
    # Time.
    nanosleep:35:101 clock_nanosleep:230:115 clock_gettime:228:113 clock_getres:229:114 gettimeofday:96:169
    time:201:- times:100:153 getitimer:36:102 setitimer:38:103 alarm:37:- timer_create:222:107
    timer_settime:223:110 timer_gettime:224:108 timer_getoverrun:225:109 timer_delete:226:111
    # Signals to oneself.
    rt_sigaction:13:134 rt_sigprocmask:14:135 rt_sigreturn:15:139 rt_sigpending:127:136 rt_sigtimedwait:128:137
    rt_sigsuspend:130:133 sigaltstack:131:132 pause:34:- restart_syscall:219:128
    # Asking about oneself, and ending.
    getpid:39:172 gettid:186:178 getppid:110:173 getuid:102:174 geteuid:107:175 getgid:104:176 getegid:108:177
    getresuid:118:148 getresgid:120:150 getgroups:115:158 getpgid:121:155 getpgrp:111:- getsid:124:156
    capget:125:90 uname:63:160 sysinfo:99:179 getrlimit:97:163 getrusage:98:165 arch_prctl:158:-
    getrandom:318:278 exit:60:93 exit_group:231:94 wait4:61:260 waitid:247:95
""")
"""Allowed whatever the arguments."""

PRETENDED = _table("""
    chmod:90:- fchmod:91:52 fchmodat:268:53 fchmodat2:452:452 utime:132:- utimes:235:- utimensat:280:88
    futimesat:261:- chown:92:- fchown:93:55 lchown:94:- fchownat:260:54
""")
"""Succeed without doing anything: Landlock does not mediate them, and honest code copies files with them."""

UNSUPPORTED = _table("""
    getxattr:191:8 lgetxattr:192:9 fgetxattr:193:10 setxattr:188:5 lsetxattr:189:6 fsetxattr:190:7
    listxattr:194:11 llistxattr:195:12 flistxattr:196:13 removexattr:197:14 lremovexattr:198:15
    fremovexattr:199:16
""")
"""Fail with ENOTSUP, as on a file system that has none: copying a file then leaves them out."""

JUDGED = _table("""
    clone:56:220 clone3:435:435 socketpair:53:199 mmap:9:222 ioctl:16:29 prctl:157:167 prlimit64:302:261
    sched_setaffinity:203:122 openat2:437:437
""")
"""Allowed or not by their arguments; the rules are in `confine`."""
