//! Devices on which a member has signed in.

use sea_orm_migration::{prelude::*, schema};

use super::keys::{foreign_key, index};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let member = ("devices", "member_id");
        let devices = Table::create()
            .table("devices")
            .col(schema::uuid("id").primary_key())
            .col(schema::uuid("member_id"))
            .col(schema::binary("token_hash").unique_key())
            .col(schema::timestamp_with_time_zone("expires_at"))
            .foreign_key(&mut foreign_key(member, "members", ForeignKeyAction::Cascade))
            .to_owned();
        manager.create_table(devices).await?;
        manager.create_index(index("devices_member", "devices", &["member_id"])).await
    }
}
