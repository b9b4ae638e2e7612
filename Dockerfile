# Built from the repository's root: docker build -t fletching .
FROM node:24-slim AS build
WORKDIR /build
COPY . .
RUN npm ci && scripts/pack.sh /packed

FROM node:24-slim
ENV NODE_ENV=production FLETCHING_JOB=segment-to-personalize
WORKDIR /app
COPY --from=build /packed /packed
RUN npm init --yes > /dev/null && npm install --omit=dev /packed/*.tgz && rm -rf /packed ~/.npm \
  && ln -s /app/node_modules/.bin/fletching /usr/local/bin/fletching
USER node
WORKDIR /home/node
ENTRYPOINT ["fletching"]
