//! Tests of what an operator sees: commands, settings, logs, starts and stops.

mod absent_database;
mod binary;
mod config;
mod database_backup;
mod database_copy;
mod development;
mod file_modes;
mod logs;
mod monitoring;
mod process;
mod replicas;
mod secret_change;
mod user_command;
mod user_import;
