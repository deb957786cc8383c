//! Shares, their guests and the sharing settings.

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
        let columns = [
            schema::boolean("sharing_enabled").default(true).take(),
            schema::integer("share_max_minutes").default(180).take(),
            schema::string("share_read_only").default("chosen").take(),
            schema::string("share_baton").default("free").take(),
            schema::integer("share_max_guests").default(50).take(),
        ];
        for column in columns {
            let added = Table::alter().table("settings").add_column(column).to_owned();
            manager.alter_table(added).await?;
        }
        manager.create_table(shares()).await?;
        manager.create_table(guests()).await?;
        for (name, table, columns) in [
            ("shares_session", "shares", ["session_id", "id"]),
            ("shares_ended", "shares", ["ended_at", "expires_at"]),
            ("shares_member", "shares", ["created_by_id", "id"]),
            ("guests_share", "guests", ["share_id", "id"]),
        ] {
            manager.create_index(index(name, table, &columns)).await?;
        }
        Ok(())
    }
}

fn shares() -> TableCreateStatement {
    let session = ("shares", "session_id");
    Table::create()
        .table("shares")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("session_id"))
        .col(schema::string("kind"))
        .col(schema::string_null("email"))
        .col(schema::string_null("mail"))
        .col(schema::string_null("mail_error"))
        .col(schema::binary("token_hash").unique_key())
        .col(schema::string("password_hash"))
        .col(schema::boolean("read_only"))
        .col(schema::integer("max_guests"))
        .col(schema::boolean("guests_alone"))
        .col(schema::uuid("created_by_id"))
        .col(schema::string("created_by"))
        .col(schema::timestamp_with_time_zone("created_at"))
        .col(schema::timestamp_with_time_zone("expires_at"))
        .col(schema::timestamp_with_time_zone_null("ended_at"))
        .col(schema::string_null("end_reason"))
        .col(schema::string_null("ended_by"))
        .col(schema::integer("wrong_passwords"))
        .foreign_key(&mut foreign_key(session, "sessions", ForeignKeyAction::Cascade))
        .to_owned()
}

fn guests() -> TableCreateStatement {
    Table::create()
        .table("guests")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("share_id"))
        .col(schema::uuid_null("member_id"))
        .col(schema::string("name"))
        .col(schema::string("source"))
        .col(schema::string("device"))
        .col(schema::binary("cookie_hash").unique_key())
        .col(schema::timestamp_with_time_zone("joined_at"))
        .col(schema::timestamp_with_time_zone_null("left_at"))
        .col(schema::string_null("end_reason"))
        .col(schema::big_integer("keys"))
        .foreign_key(&mut foreign_key(("guests", "share_id"), "shares", ForeignKeyAction::Cascade))
        .to_owned()
}
