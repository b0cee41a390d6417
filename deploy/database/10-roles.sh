#!/bin/sh
# Runs once, on the empty server: the owner of the tables and the application that owns nothing.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -d postgres \
    -v owner_password="$OWNER_PASSWORD" -v application_password="$APPLICATION_PASSWORD" <<'SQL'
CREATE ROLE poverty_owner LOGIN NOSUPERUSER PASSWORD :'owner_password';
CREATE ROLE poverty_app LOGIN NOSUPERUSER PASSWORD :'application_password';
GRANT poverty_app TO poverty_owner;
CREATE DATABASE poverty OWNER poverty_owner TEMPLATE template0;
REVOKE ALL ON DATABASE poverty FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE poverty TO poverty_app;
SQL
