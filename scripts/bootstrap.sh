#!/bin/sh
# Installs the dependencies unless they match the lockfile already. Arguments go to `pnpm install`.
# Everything is written to stderr, because stdout belongs to the command that runs next.
cd "$(dirname "$0")/.." || exit 1
cmp -s pnpm-lock.yaml node_modules/.pnpm/lock.yaml && exit 0
exec 1>&2

pnpm=$(sed -n 's/.*"packageManager": "\([^"]*\)".*/\1/p' package.json)
registry=$(npm config get registry)
echo "Installing the dependencies from $registry with $pnpm. The first time takes about a minute."

# `npm run --silent` would silence the installers as well. Short retries report an unreachable registry in seconds.
unset npm_config_loglevel
export npm_config_update_notifier=false npm_config_fetch_retry_mintimeout=1000 npm_config_fetch_retry_maxtimeout=5000
npx --yes "$pnpm" install --frozen-lockfile --prefer-offline "$@" && exit 0

echo "The dependencies could not be installed; the reason is above. They come from the registry $registry:"
echo "check that this machine reaches it, or name another one with npm_config_registry=URL, and start again."
exit 1
