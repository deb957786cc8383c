//! Shares, their guests and the sharing settings.

use sea_orm_migration::{prelude::*, schema};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum Settings {
    Table,
    SharingEnabled,
    ShareMaxMinutes,
    ShareReadOnly,
    ShareBaton,
    ShareMaxGuests,
}

#[derive(DeriveIden)]
enum Sessions {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum Shares {
    Table,
    Id,
    SessionId,
    Kind,
    Email,
    Mail,
    MailError,
    TokenHash,
    PasswordHash,
    ReadOnly,
    MaxGuests,
    GuestsAlone,
    CreatedById,
    CreatedBy,
    CreatedAt,
    ExpiresAt,
    EndedAt,
    EndReason,
    EndedBy,
    WrongPasswords,
}

#[derive(DeriveIden)]
enum Guests {
    Table,
    Id,
    ShareId,
    MemberId,
    Name,
    Source,
    Device,
    CookieHash,
    JoinedAt,
    LeftAt,
    EndReason,
    Keys,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            schema::boolean(Settings::SharingEnabled).default(true).take(),
            schema::integer(Settings::ShareMaxMinutes).default(180).take(),
            schema::string(Settings::ShareReadOnly).default("chosen").take(),
            schema::string(Settings::ShareBaton).default("free").take(),
            schema::integer(Settings::ShareMaxGuests).default(50).take(),
        ];
        for column in columns {
            let added = Table::alter().table(Settings::Table).add_column(column).to_owned();
            manager.alter_table(added).await?;
        }
        manager.create_table(shares()).await?;
        manager.create_table(guests()).await?;
        let of_session = Index::create()
            .name("shares_session")
            .table(Shares::Table)
            .col(Shares::SessionId)
            .col(Shares::Id)
            .to_owned();
        manager.create_index(of_session).await?;
        let living = Index::create()
            .name("shares_ended")
            .table(Shares::Table)
            .col(Shares::EndedAt)
            .col(Shares::ExpiresAt)
            .to_owned();
        manager.create_index(living).await?;
        let of_member = Index::create()
            .name("shares_member")
            .table(Shares::Table)
            .col(Shares::CreatedById)
            .col(Shares::Id)
            .to_owned();
        manager.create_index(of_member).await?;
        let of_share = Index::create()
            .name("guests_share")
            .table(Guests::Table)
            .col(Guests::ShareId)
            .col(Guests::Id)
            .to_owned();
        manager.create_index(of_share).await
    }
}

fn shares() -> TableCreateStatement {
    Table::create()
        .table(Shares::Table)
        .col(schema::uuid(Shares::Id).primary_key())
        .col(schema::uuid(Shares::SessionId))
        .col(schema::string(Shares::Kind))
        .col(schema::string_null(Shares::Email))
        .col(schema::string_null(Shares::Mail))
        .col(schema::string_null(Shares::MailError))
        .col(schema::binary(Shares::TokenHash).unique_key())
        .col(schema::string(Shares::PasswordHash))
        .col(schema::boolean(Shares::ReadOnly))
        .col(schema::integer(Shares::MaxGuests))
        .col(schema::boolean(Shares::GuestsAlone))
        .col(schema::uuid(Shares::CreatedById))
        .col(schema::string(Shares::CreatedBy))
        .col(schema::timestamp_with_time_zone(Shares::CreatedAt))
        .col(schema::timestamp_with_time_zone(Shares::ExpiresAt))
        .col(schema::timestamp_with_time_zone_null(Shares::EndedAt))
        .col(schema::string_null(Shares::EndReason))
        .col(schema::string_null(Shares::EndedBy))
        .col(schema::integer(Shares::WrongPasswords))
        .foreign_key(
            ForeignKey::create()
                .from(Shares::Table, Shares::SessionId)
                .to(Sessions::Table, Sessions::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn guests() -> TableCreateStatement {
    Table::create()
        .table(Guests::Table)
        .col(schema::uuid(Guests::Id).primary_key())
        .col(schema::uuid(Guests::ShareId))
        .col(schema::uuid_null(Guests::MemberId))
        .col(schema::string(Guests::Name))
        .col(schema::string(Guests::Source))
        .col(schema::string(Guests::Device))
        .col(schema::binary(Guests::CookieHash).unique_key())
        .col(schema::timestamp_with_time_zone(Guests::JoinedAt))
        .col(schema::timestamp_with_time_zone_null(Guests::LeftAt))
        .col(schema::string_null(Guests::EndReason))
        .col(schema::big_integer(Guests::Keys))
        .foreign_key(
            ForeignKey::create()
                .from(Guests::Table, Guests::ShareId)
                .to(Shares::Table, Shares::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
