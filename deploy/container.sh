#!/bin/sh
# The main process of a container: starts the web process again whenever it ends, because the container,
# and with it every session, ends when this does.
stop=
trap 'stop=1; kill -TERM "$web"' TERM INT
while [ -z "$stop" ]; do
  /usr/lib/websh/websh serve &
  web=$!
  wait "$web"
  if [ -z "$stop" ]; then sleep 1; fi
done
wait "$web"
