//! Administration: deactivated members, invites, tokens, account grants, settings and the audit log.

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
        // SQLite adds one column per statement.
        let columns = [
            ("members", schema::boolean("active").default(true).take()),
            ("members", schema::timestamp_with_time_zone_null("signed_in_at")),
            ("sign_ins", schema::string("device").default("").take()),
            ("sign_ins", schema::string("source").default("").take()),
            ("sessions", schema::uuid_null("token_id")),
            ("sessions", schema::string_null("end_note")),
        ];
        for (table, column) in columns {
            let added = Table::alter().table(table).add_column(column).to_owned();
            manager.alter_table(added).await?;
        }
        for table in [invites(), tokens(), grants(), settings(), audit()] {
            manager.create_table(table).await?;
        }
        let grants = "account_grants";
        for mut once in [
            index("account_grants_member", grants, &["server", "account", "member_id"]),
            index("account_grants_role", grants, &["server", "account", "role"]),
        ] {
            manager.create_index(once.unique().take()).await?;
        }
        manager.create_index(index("audit_action", "audit", &["action", "id"])).await
    }
}

fn gone_with_member(table: &'static str) -> ForeignKeyCreateStatement {
    foreign_key((table, "member_id"), "members", ForeignKeyAction::Cascade)
}

fn invites() -> TableCreateStatement {
    Table::create()
        .table("invites")
        .col(schema::uuid("id").primary_key())
        .col(schema::string("kind"))
        .col(schema::string("email"))
        .col(schema::string("role"))
        .col(schema::uuid_null("member_id"))
        .col(schema::binary("token_hash").unique_key())
        .col(schema::string("created_by"))
        .col(schema::timestamp_with_time_zone("created_at"))
        .col(schema::timestamp_with_time_zone("expires_at"))
        .col(schema::timestamp_with_time_zone_null("used_at"))
        .foreign_key(&mut gone_with_member("invites"))
        .to_owned()
}

fn tokens() -> TableCreateStatement {
    Table::create()
        .table("tokens")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("member_id"))
        .col(schema::string("name"))
        .col(schema::string("scope"))
        .col(schema::binary("token_hash").unique_key())
        .col(schema::timestamp_with_time_zone("created_at"))
        .col(schema::timestamp_with_time_zone("expires_at"))
        .col(schema::timestamp_with_time_zone_null("used_at"))
        .foreign_key(&mut gone_with_member("tokens"))
        .to_owned()
}

/// Exactly one of `member_id` and `role` is set. NULLs are distinct in a unique index, so each of the two
/// indices covers only its own kind.
fn grants() -> TableCreateStatement {
    Table::create()
        .table("account_grants")
        .col(schema::uuid("id").primary_key())
        .col(schema::string("server"))
        .col(schema::string("account"))
        .col(schema::uuid_null("member_id"))
        .col(schema::string_null("role"))
        .col(schema::string("created_by"))
        .col(schema::timestamp_with_time_zone("created_at"))
        .foreign_key(&mut gone_with_member("account_grants"))
        .to_owned()
}

fn settings() -> TableCreateStatement {
    Table::create()
        .table("settings")
        .col(schema::integer("id").primary_key())
        .col(schema::string("name"))
        .col(schema::integer("session_timeout_minutes"))
        .col(schema::string("keep_alive"))
        .col(schema::string("attach_policy"))
        .col(schema::integer("max_sessions_per_user"))
        .col(schema::integer("max_sessions_per_token"))
        .col(schema::integer("max_sessions"))
        .col(schema::integer("max_creates_per_minute"))
        .col(schema::integer("history_mib"))
        .col(schema::integer("keep_ended_days"))
        .col(schema::string_null("changed_by"))
        .col(schema::timestamp_with_time_zone_null("changed_at"))
        .to_owned()
}

/// No foreign keys: entries remain when their actor or target is removed.
fn audit() -> TableCreateStatement {
    Table::create()
        .table("audit")
        .col(schema::uuid("id").primary_key())
        .col(schema::timestamp_with_time_zone("at"))
        .col(schema::uuid_null("actor_id"))
        .col(schema::string("actor"))
        .col(schema::string("via"))
        .col(schema::string_null("source"))
        .col(schema::string("action"))
        .col(schema::string("target_kind"))
        .col(schema::string_null("target_id"))
        .col(schema::string("target"))
        .col(schema::string_null("detail"))
        .to_owned()
}
