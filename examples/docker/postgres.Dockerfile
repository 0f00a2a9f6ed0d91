# The image `postgres`, with the extension in it. From the project's folder:
#
#   docker build -f examples/docker/postgres.Dockerfile --build-arg PG_MAJOR=18 -t postgres-referrals:18 .
ARG PG_MAJOR=18

FROM postgres:$PG_MAJOR AS build
ARG PG_MAJOR
ENV PG_CONFIG=/usr/lib/postgresql/$PG_MAJOR/bin/pg_config
RUN apt-get update && apt-get install -y --no-install-recommends make git ca-certificates
COPY . /referrals
RUN make -C /referrals build

FROM postgres:$PG_MAJOR
ARG PG_MAJOR
COPY --from=build /referrals/target/package/pg$PG_MAJOR-release/ /
