#!/bin/sh
# Runs chatroom with the Deno beside it, and with the permissions named here alone.
export CHATROOM_COMMAND=chatroom DENO_NO_UPDATE_CHECK=1 DENO_NO_PACKAGE_JSON=1
exec /usr/lib/chatroom/deno run @FLAGS@ \
  /usr/lib/chatroom/app/main.js "$@"
