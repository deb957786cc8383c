#!/bin/sh
# Main process of the container: restarts the web process when it exits, because the container and all
# of its sessions end with this script.
stop=
trap 'stop=1; kill -TERM "$web"' TERM INT
while [ -z "$stop" ]; do
  /usr/lib/websh/websh serve &
  web=$!
  wait "$web"
  if [ -z "$stop" ]; then sleep 1; fi
done
wait "$web"
