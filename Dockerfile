# What an installation reads. Its content changes rarely, so a change of sources installs nothing anew.
FROM node:24.21.0-slim AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name package.json ! -name 'pnpm-*.yaml' ! -path './patches/*' ! -path './scripts/*' -delete

# The dashboard's files. Install scripts are left out: the only one would fetch the Node that this image has already.
FROM node:24.21.0-slim AS dashboard
WORKDIR /app
COPY --from=manifests /app ./
RUN --mount=type=cache,target=/root/.npm --mount=type=cache,target=/pnpm-store \
  DASHBOARD=off npm run bootstrap -- --ignore-scripts --filter "@strategy-executor/dashboard..." --store-dir=/pnpm-store
COPY . .
RUN node apps/dashboard/node_modules/vite/bin/vite.js build apps/dashboard

FROM node:24.21.0-slim AS build
WORKDIR /app
COPY --from=manifests /app ./
RUN --mount=type=cache,target=/root/.npm --mount=type=cache,target=/pnpm-store \
  npm run bootstrap -- --prod --ignore-scripts --filter "@strategy-executor/cli..." --store-dir=/pnpm-store
COPY . .
COPY --from=dashboard /app/apps/dashboard/dist apps/dashboard/dist

# The workspace keeps its layout, because Node strips no types below node_modules.
FROM node:24.21.0-slim
WORKDIR /app
COPY --from=build /app ./
# The command line: `docker compose exec api strategy-executor ls`.
RUN install --directory --owner=node --group=node /data /strategies \
  && ln -s /app/scripts/command.sh /usr/local/bin/strategy-executor
USER node
# AUTH is not set here: the operator decides on it, and the server asks for the decision at start.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 DATA_DIR=/data
# Data of the embedded database, which DATABASE_URL replaces.
VOLUME /data
EXPOSE 8000
# A process with ROLE=worker does not listen: run it with --no-healthcheck.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["scripts/serve.sh"]
