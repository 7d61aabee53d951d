#!/bin/sh
# Runs the server: for `npm start`, `npm run worker`, the image and the systemd unit alike.
# Of V8: 16 MB for young objects of the main thread. With less, requests in progress are kept as if they were old; V8's own choice of up
# to 64 MB takes twice the memory under load. A heap that has grown by 70 % is collected: by default it may grow
# fourfold, 100 MB more.
cd "$(dirname "$0")/.." || exit 1
node=node_modules/node/bin/node
# The image installs no Node of its own.
[ -x "$node" ] || node=node
NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-node_modules/.cache/node}"
export NODE_COMPILE_CACHE
# Of glibc: otherwise each thread keeps the memory of the large buffers that it has freed.
MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"
export MALLOC_ARENA_MAX
exec "$node" --max-semi-space-size=16 --heap-growing-percent=70 apps/server/src/main.ts "$@"
