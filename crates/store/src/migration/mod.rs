//! Migrations of the schema. A released migration is never changed; a new one follows it.

use sea_orm_migration::{async_trait::async_trait, prelude::*};

mod keys;
mod m20261121_000001_start;
mod m20261121_000002_governed;
mod m20261121_000003_shared;
mod m20261121_000004_links;
mod m20261129_000005_devices;

/// All migrations, oldest first.
pub(crate) struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_start::Migration),
            Box::new(m20261121_000002_governed::Migration),
            Box::new(m20261121_000003_shared::Migration),
            Box::new(m20261121_000004_links::Migration),
            Box::new(m20261129_000005_devices::Migration),
        ]
    }
}
