//! The creator of an invite, so that invites end when their creator is demoted.

use sea_orm_migration::{prelude::*, schema};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum Invites {
    Table,
    CreatorId,
    UsedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let creator = Table::alter()
            .table(Invites::Table)
            .add_column(schema::uuid_null(Invites::CreatorId))
            .to_owned();
        manager.alter_table(creator).await?;
        // The creators of existing invites are unknown, so these cannot be checked.
        let waiting = Query::delete()
            .from_table(Invites::Table)
            .and_where(Expr::col(Invites::UsedAt).is_null())
            .to_owned();
        manager.execute(waiting).await
    }
}
