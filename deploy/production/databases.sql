-- The databases beside the ledger's own, made when PostgreSQL starts on an empty volume.
CREATE DATABASE dagster;
CREATE DATABASE records;
