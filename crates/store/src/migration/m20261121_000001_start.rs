//! Members, sign-ins and sessions.

use sea_orm_migration::{prelude::*, schema};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum Members {
    Table,
    Id,
    Email,
    Name,
    Role,
    PasswordHash,
    CreatedAt,
}

#[derive(DeriveIden)]
enum SignIns {
    Table,
    Id,
    MemberId,
    TokenHash,
    CreatedAt,
    ExpiresAt,
}

#[derive(DeriveIden)]
enum Sessions {
    Table,
    Id,
    OwnerId,
    IdempotencyKey,
    Name,
    Server,
    Account,
    AttachPolicy,
    State,
    CreatedAt,
    LastSeen,
    Cols,
    Rows,
    Title,
    EndedAt,
    EndReason,
    EndedBy,
    ExitCode,
    ExitSignal,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // SQLite would not use a transaction by default; a server killed during a migration must be able to
    // run it again.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let members = Table::create()
            .table(Members::Table)
            .col(schema::uuid(Members::Id).primary_key())
            .col(schema::string(Members::Email).unique_key())
            .col(schema::string(Members::Name))
            .col(schema::string(Members::Role))
            .col(schema::string(Members::PasswordHash))
            .col(schema::timestamp_with_time_zone(Members::CreatedAt))
            .to_owned();
        manager.create_table(members).await?;

        let sign_ins = Table::create()
            .table(SignIns::Table)
            .col(schema::uuid(SignIns::Id).primary_key())
            .col(schema::uuid(SignIns::MemberId))
            .col(schema::binary(SignIns::TokenHash).unique_key())
            .col(schema::timestamp_with_time_zone(SignIns::CreatedAt))
            .col(schema::timestamp_with_time_zone(SignIns::ExpiresAt))
            .foreign_key(
                ForeignKey::create()
                    .from(SignIns::Table, SignIns::MemberId)
                    .to(Members::Table, Members::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(sign_ins).await?;

        let sessions = Table::create()
            .table(Sessions::Table)
            .col(schema::uuid(Sessions::Id).primary_key())
            .col(schema::uuid(Sessions::OwnerId))
            .col(schema::string_null(Sessions::IdempotencyKey))
            .col(schema::string(Sessions::Name))
            .col(schema::string(Sessions::Server))
            .col(schema::string(Sessions::Account))
            .col(schema::string(Sessions::AttachPolicy))
            .col(schema::string(Sessions::State))
            .col(schema::timestamp_with_time_zone(Sessions::CreatedAt))
            .col(schema::timestamp_with_time_zone(Sessions::LastSeen))
            .col(schema::integer(Sessions::Cols))
            .col(schema::integer(Sessions::Rows))
            .col(schema::string(Sessions::Title))
            .col(schema::timestamp_with_time_zone_null(Sessions::EndedAt))
            .col(schema::string_null(Sessions::EndReason))
            .col(schema::string_null(Sessions::EndedBy))
            .col(schema::integer_null(Sessions::ExitCode))
            .col(schema::integer_null(Sessions::ExitSignal))
            .foreign_key(
                ForeignKey::create()
                    .from(Sessions::Table, Sessions::OwnerId)
                    .to(Members::Table, Members::Id)
                    .on_delete(ForeignKeyAction::Restrict),
            )
            .to_owned();
        manager.create_table(sessions).await?;

        let once = Index::create()
            .name("sessions_owner_key")
            .table(Sessions::Table)
            .col(Sessions::OwnerId)
            .col(Sessions::IdempotencyKey)
            .unique()
            .to_owned();
        manager.create_index(once).await?;
        let by_state = Index::create()
            .name("sessions_state")
            .table(Sessions::Table)
            .col(Sessions::State)
            .col(Sessions::OwnerId)
            .col(Sessions::Id)
            .to_owned();
        manager.create_index(by_state).await
    }
}
