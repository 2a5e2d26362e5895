#!/bin/sh
# watch_errors.sh: shows what is said of errors in the room logs, as it is said.
chatroom tail --name watcher --room logs -n 100 | grep --line-buffered -i -E 'error|failed'
