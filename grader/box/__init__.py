"""The box: student code runs in it, confined, and only arrays come out. Outside: `sandbox`; inside: `worker`."""
