//! The creator of an invite, so that invites end when their creator is demoted.

use sea_orm_migration::{prelude::*, schema};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let creator =
            Table::alter().table("invites").add_column(schema::uuid_null("creator_id")).to_owned();
        manager.alter_table(creator).await?;
        // The creators of existing invites are unknown, so these cannot be checked.
        let waiting = Query::delete()
            .from_table("invites")
            .and_where(Expr::col("used_at").is_null())
            .to_owned();
        manager.execute(waiting).await
    }
}
