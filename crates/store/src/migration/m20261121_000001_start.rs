//! Members, sign-ins and sessions.

use sea_orm_migration::{prelude::*, schema};

use super::keys::{foreign_key, index};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // SQLite would not use a transaction by default; a server killed during a migration must be able to
    // run it again.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let members = Table::create()
            .table("members")
            .col(schema::uuid("id").primary_key())
            .col(schema::string("email").unique_key())
            .col(schema::string("name"))
            .col(schema::string("role"))
            .col(schema::string("password_hash"))
            .col(schema::timestamp_with_time_zone("created_at"))
            .to_owned();
        manager.create_table(members).await?;

        let member = ("sign_ins", "member_id");
        let sign_ins = Table::create()
            .table("sign_ins")
            .col(schema::uuid("id").primary_key())
            .col(schema::uuid("member_id"))
            .col(schema::binary("token_hash").unique_key())
            .col(schema::timestamp_with_time_zone("created_at"))
            .col(schema::timestamp_with_time_zone("expires_at"))
            .foreign_key(&mut foreign_key(member, "members", ForeignKeyAction::Cascade))
            .to_owned();
        manager.create_table(sign_ins).await?;

        let owner = ("sessions", "owner_id");
        let sessions = Table::create()
            .table("sessions")
            .col(schema::uuid("id").primary_key())
            .col(schema::uuid("owner_id"))
            .col(schema::string_null("idempotency_key"))
            .col(schema::string("name"))
            .col(schema::string("server"))
            .col(schema::string("account"))
            .col(schema::string("attach_policy"))
            .col(schema::string("state"))
            .col(schema::timestamp_with_time_zone("created_at"))
            .col(schema::timestamp_with_time_zone("last_seen"))
            .col(schema::integer("cols"))
            .col(schema::integer("rows"))
            .col(schema::string("title"))
            .col(schema::timestamp_with_time_zone_null("ended_at"))
            .col(schema::string_null("end_reason"))
            .col(schema::string_null("ended_by"))
            .col(schema::integer_null("exit_code"))
            .col(schema::integer_null("exit_signal"))
            .foreign_key(&mut foreign_key(owner, "members", ForeignKeyAction::Restrict))
            .to_owned();
        manager.create_table(sessions).await?;

        let mut once = index("sessions_owner_key", "sessions", &["owner_id", "idempotency_key"]);
        manager.create_index(once.unique().take()).await?;
        manager
            .create_index(index("sessions_state", "sessions", &["state", "owner_id", "id"]))
            .await
    }
}
