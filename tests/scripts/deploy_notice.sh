#!/bin/sh
# deploy_notice.sh COMMAND…: runs it and tells the room ops how it went. Set CHATROOM_SERVER.
"$@"
code=$?
if [ "$code" -eq 0 ]; then text="deployed by $(id -un)"; else text="deploying FAILED with $code"; fi
chatroom send --name deploy --room ops "$text: $*" || echo "the room was not told ($?)" >&2
exit "$code"
