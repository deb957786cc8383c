//! Administration: deactivated members, invites, tokens, account grants, settings and the audit log.

use sea_orm_migration::{prelude::*, schema};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum Members {
    Table,
    Id,
    Active,
    SignedInAt,
}

#[derive(DeriveIden)]
enum SignIns {
    Table,
    Device,
    Source,
}

#[derive(DeriveIden)]
enum Sessions {
    Table,
    TokenId,
    EndNote,
}

#[derive(DeriveIden)]
enum Invites {
    Table,
    Id,
    Kind,
    Email,
    Role,
    MemberId,
    TokenHash,
    CreatedBy,
    CreatedAt,
    ExpiresAt,
    UsedAt,
}

#[derive(DeriveIden)]
enum Tokens {
    Table,
    Id,
    MemberId,
    Name,
    Scope,
    TokenHash,
    CreatedAt,
    ExpiresAt,
    UsedAt,
}

#[derive(DeriveIden)]
enum AccountGrants {
    Table,
    Id,
    Server,
    Account,
    MemberId,
    Role,
    CreatedBy,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Settings {
    Table,
    Id,
    Name,
    SessionTimeoutMinutes,
    KeepAlive,
    AttachPolicy,
    MaxSessionsPerUser,
    MaxSessionsPerToken,
    MaxSessions,
    MaxCreatesPerMinute,
    HistoryMib,
    KeepEndedDays,
    ChangedBy,
    ChangedAt,
}

#[derive(DeriveIden)]
enum Audit {
    Table,
    Id,
    At,
    ActorId,
    Actor,
    Via,
    Source,
    Action,
    TargetKind,
    TargetId,
    Target,
    Detail,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column per statement.
        let columns = [
            (
                Members::Table.into_table_ref(),
                schema::boolean(Members::Active).default(true).take(),
            ),
            (
                Members::Table.into_table_ref(),
                schema::timestamp_with_time_zone_null(Members::SignedInAt),
            ),
            (SignIns::Table.into_table_ref(), schema::string(SignIns::Device).default("").take()),
            (SignIns::Table.into_table_ref(), schema::string(SignIns::Source).default("").take()),
            (Sessions::Table.into_table_ref(), schema::uuid_null(Sessions::TokenId)),
            (Sessions::Table.into_table_ref(), schema::string_null(Sessions::EndNote)),
        ];
        for (table, column) in columns {
            let added = Table::alter().table(table).add_column(column).to_owned();
            manager.alter_table(added).await?;
        }
        manager.create_table(invites()).await?;
        manager.create_table(tokens()).await?;
        manager.create_table(grants()).await?;
        manager.create_table(settings()).await?;
        manager.create_table(audit()).await?;

        let once = Index::create().table(AccountGrants::Table).unique().to_owned();
        let to_member = once
            .clone()
            .name("account_grants_member")
            .col(AccountGrants::Server)
            .col(AccountGrants::Account)
            .col(AccountGrants::MemberId)
            .to_owned();
        manager.create_index(to_member).await?;
        let to_role = once
            .clone()
            .name("account_grants_role")
            .col(AccountGrants::Server)
            .col(AccountGrants::Account)
            .col(AccountGrants::Role)
            .to_owned();
        manager.create_index(to_role).await?;
        let by_action = Index::create()
            .name("audit_action")
            .table(Audit::Table)
            .col(Audit::Action)
            .col(Audit::Id)
            .to_owned();
        manager.create_index(by_action).await
    }
}

/// A foreign key that removes rows with their member.
fn gone_with_member(table: impl IntoTableRef, member: impl IntoIden) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, member)
        .to(Members::Table, Members::Id)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

fn invites() -> TableCreateStatement {
    Table::create()
        .table(Invites::Table)
        .col(schema::uuid(Invites::Id).primary_key())
        .col(schema::string(Invites::Kind))
        .col(schema::string(Invites::Email))
        .col(schema::string(Invites::Role))
        .col(schema::uuid_null(Invites::MemberId))
        .col(schema::binary(Invites::TokenHash).unique_key())
        .col(schema::string(Invites::CreatedBy))
        .col(schema::timestamp_with_time_zone(Invites::CreatedAt))
        .col(schema::timestamp_with_time_zone(Invites::ExpiresAt))
        .col(schema::timestamp_with_time_zone_null(Invites::UsedAt))
        .foreign_key(&mut gone_with_member(Invites::Table, Invites::MemberId))
        .to_owned()
}

fn tokens() -> TableCreateStatement {
    Table::create()
        .table(Tokens::Table)
        .col(schema::uuid(Tokens::Id).primary_key())
        .col(schema::uuid(Tokens::MemberId))
        .col(schema::string(Tokens::Name))
        .col(schema::string(Tokens::Scope))
        .col(schema::binary(Tokens::TokenHash).unique_key())
        .col(schema::timestamp_with_time_zone(Tokens::CreatedAt))
        .col(schema::timestamp_with_time_zone(Tokens::ExpiresAt))
        .col(schema::timestamp_with_time_zone_null(Tokens::UsedAt))
        .foreign_key(&mut gone_with_member(Tokens::Table, Tokens::MemberId))
        .to_owned()
}

/// Exactly one of `member_id` and `role` is set. NULLs are distinct in a unique index, so each of the two
/// indices covers only its own kind.
fn grants() -> TableCreateStatement {
    Table::create()
        .table(AccountGrants::Table)
        .col(schema::uuid(AccountGrants::Id).primary_key())
        .col(schema::string(AccountGrants::Server))
        .col(schema::string(AccountGrants::Account))
        .col(schema::uuid_null(AccountGrants::MemberId))
        .col(schema::string_null(AccountGrants::Role))
        .col(schema::string(AccountGrants::CreatedBy))
        .col(schema::timestamp_with_time_zone(AccountGrants::CreatedAt))
        .foreign_key(&mut gone_with_member(AccountGrants::Table, AccountGrants::MemberId))
        .to_owned()
}

fn settings() -> TableCreateStatement {
    Table::create()
        .table(Settings::Table)
        .col(schema::integer(Settings::Id).primary_key())
        .col(schema::string(Settings::Name))
        .col(schema::integer(Settings::SessionTimeoutMinutes))
        .col(schema::string(Settings::KeepAlive))
        .col(schema::string(Settings::AttachPolicy))
        .col(schema::integer(Settings::MaxSessionsPerUser))
        .col(schema::integer(Settings::MaxSessionsPerToken))
        .col(schema::integer(Settings::MaxSessions))
        .col(schema::integer(Settings::MaxCreatesPerMinute))
        .col(schema::integer(Settings::HistoryMib))
        .col(schema::integer(Settings::KeepEndedDays))
        .col(schema::string_null(Settings::ChangedBy))
        .col(schema::timestamp_with_time_zone_null(Settings::ChangedAt))
        .to_owned()
}

/// No foreign keys: entries remain when their actor or target is removed.
fn audit() -> TableCreateStatement {
    Table::create()
        .table(Audit::Table)
        .col(schema::uuid(Audit::Id).primary_key())
        .col(schema::timestamp_with_time_zone(Audit::At))
        .col(schema::uuid_null(Audit::ActorId))
        .col(schema::string(Audit::Actor))
        .col(schema::string(Audit::Via))
        .col(schema::string_null(Audit::Source))
        .col(schema::string(Audit::Action))
        .col(schema::string(Audit::TargetKind))
        .col(schema::string_null(Audit::TargetId))
        .col(schema::string(Audit::Target))
        .col(schema::string_null(Audit::Detail))
        .to_owned()
}
