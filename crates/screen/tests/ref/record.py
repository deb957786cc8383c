#!/usr/bin/env python3
"""Records the output of a program on an 80x24 terminal while typing keys: record.py OUT KEYS COMMAND...

KEYS are typed one by one, with pauses. `\\n`, `\\e` and `\\xNN` are as in Python. Use
`unshare --pid --uts --fork --mount-proc` for programs that show processes or the host name.
"""
import fcntl, os, pty, select, struct, sys, termios, time

out, keys, command = sys.argv[1], sys.argv[2], sys.argv[3:]
keys = keys.replace("\\e", "\\x1b").encode().decode("unicode_escape").encode("latin-1")
process, terminal = pty.fork()
if process == 0:
    environment = {
        "TERM": "xterm-256color",
        "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
        "HOME": "/nonexistent",
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        "PS1": "$ ",
    }
    os.execvpe(command[0], command, environment)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))


def drain(seconds, to):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ready, _, _ = select.select([terminal], [], [], max(0, until - time.monotonic()))
        if ready:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                return
            if not data:
                return
            to.write(data)


with open(out, "wb") as to:
    drain(1.0, to)
    at = 0
    while at < len(keys):
        length = 3 if keys[at : at + 2] in (b"\x1b[", b"\x1bO") else 1
        os.write(terminal, keys[at : at + length])
        at += length
        drain(0.15, to)
    drain(1.0, to)
os.kill(process, 9)
