#!/bin/bash
# The shell of the stories: bash without anybody's start-up files, so that what an account runs when it
# signs in (version managers that wait for locks, say) neither slows a story nor changes its screen.
exec /bin/bash --noprofile --norc "$@"
