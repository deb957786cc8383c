#!/bin/bash
# The shell of the end-to-end tests: bash without start-up files, so that an account's own (version
# managers that wait for locks, for example) neither slow a test down nor change its screen.
exec /bin/bash --noprofile --norc "$@"
