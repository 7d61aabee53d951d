#!/bin/sh
# Installs the dependencies unless they match the lockfile already, and builds the dashboard unless it is newer than its sources.
# Arguments go to `pnpm install`.
# Everything is written to stderr, because stdout belongs to the command that runs next.
cd "$(dirname "$0")/.." || exit 1
exec 1>&2

# A fault here ends no start: the server says at /ui/ what is missing.
build_dashboard() {
  # The image's production install has nothing to build with.
  [ "${DASHBOARD:-on}" = on ] && [ -e apps/dashboard/node_modules/vite ] || return 0
  if [ -e apps/dashboard/dist/index.html ]; then
    newer=$(find apps/dashboard/src apps/dashboard/public apps/dashboard/index.html apps/dashboard/vite.config.ts \
      packages/report/src packages/client/src pnpm-lock.yaml \
      -newer apps/dashboard/dist/index.html ! -name '*.test.ts' ! -path '*/testing*' -print -quit)
    [ -n "$newer" ] || return 0
  fi
  node=node_modules/node/bin/node
  [ -x "$node" ] || node=node
  # Into a folder of its own: a server or a second start may be reading the one there is.
  built=apps/dashboard/dist.$$
  mkdir -p "$built.begun"
  # Vite takes the mode of React from NODE_ENV, which may be set for something else.
  if NODE_ENV=production "$node" apps/dashboard/node_modules/vite/bin/vite.js build apps/dashboard --outDir "dist.$$" --logLevel error; then
    # Sources that change during the build are newer than its beginning.
    touch -r "$built.begun" "$built/index.html"
    rm -rf apps/dashboard/dist && mv "$built" apps/dashboard/dist
  else
    echo "The dashboard could not be built; the reason is above. Everything else works."
  fi
  rm -rf "$built" "$built.begun"
}

if cmp -s pnpm-lock.yaml node_modules/.pnpm/lock.yaml; then
  build_dashboard
  exit 0
fi

pnpm=$(sed -n 's/.*"packageManager": "\([^"]*\)".*/\1/p' package.json)
registry=$(npm config get registry)
echo "Installing the dependencies from $registry with $pnpm. The first time takes about a minute."

# `npm run --silent` would silence the installers as well. Short retries report an unreachable registry in seconds.
unset npm_config_loglevel
export npm_config_update_notifier=false npm_config_fetch_retry_mintimeout=1000 npm_config_fetch_retry_maxtimeout=5000
npx --yes "$pnpm" install --frozen-lockfile --prefer-offline "$@" && build_dashboard && exit 0

echo "The dependencies could not be installed; the reason is above. They come from the registry $registry:"
echo "check that this machine reaches it, or name another one with npm_config_registry=URL, and start again."
exit 1
