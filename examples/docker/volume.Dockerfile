# For CloudNativePG's extension volumes, PostgreSQL 18 and newer. `make image` puts it beside what it copies:
#
#   docker build -t referrals:18 target/image/pg18
FROM scratch
COPY lib /lib
COPY share /share
COPY licenses /licenses
