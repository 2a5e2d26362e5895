#!/bin/sh
# ping_bot.sh: answers !ping in the room lobby until it is stopped. What the loop prints is said.
# A pipe can't run in a circle, so what is heard comes by a FIFO.
dir=$(mktemp -d) && mkfifo "$dir/heard" || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
while IFS= read -r line; do
  if [ "${line#*: }" = '!ping' ]; then echo "${line%%: *}: pong"; fi
done <"$dir/heard" | chatroom connect --name pingbot --room lobby >"$dir/heard"
