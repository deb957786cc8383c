//! `websh account`: grants of this machine's accounts to members. Works with and without a running
//! server.

use clap::{Args, Subcommand};
use cli::output::{print, print_json, table};
use control::{System, command_line};
use protocol::{
    api::{Grantee, Role},
    format,
};
use store::Store;

use super::{Failure, user::role};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub enum Account {
    /// Grant an account.
    Grant(One),
    /// Revoke a grant. Running sessions keep running.
    Revoke(One),
    /// List grants.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub struct One {
    /// Login name of the account.
    account: String,
    #[command(flatten)]
    to: To,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct To {
    /// Email address of a member.
    #[arg(long = "to", value_name = "EMAIL")]
    member: Option<String>,
    /// All members with this role or a higher one.
    #[arg(long, value_parser = role())]
    role: Option<Role>,
}

impl Account {
    pub async fn run(self, config: &Config) -> Result<(), Failure> {
        let store = Store::open(&config.database_url).await?;
        match self {
            Self::Grant(one) => {
                let to = one.to.grantee(&store).await?;
                let grant = command_line::grant(&store, &System, &one.account, to).await?;
                print(&format!("Granted {} to {}.", grant.account, grant.to_name))?;
            }
            Self::Revoke(one) => {
                let to = one.to.grantee(&store).await?;
                command_line::revoke(&store, &System, &one.account, to).await?;
                print(&format!("Revoked the grant of {}.", one.account))?;
            }
            Self::List { json: true } => print_json(&command_line::grants(&store).await?)?,
            Self::List { json: false } => {
                let rows: Vec<Vec<String>> = command_line::grants(&store)
                    .await?
                    .into_iter()
                    .map(|it| vec![it.account, it.to_name, it.by, format::at(it.created_at)])
                    .collect();
                print(&table(&["ACCOUNT", "TO", "GRANTED BY", "SINCE"], &rows))?;
            }
        }
        Ok(())
    }
}

impl To {
    async fn grantee(&self, store: &Store) -> Result<Grantee, Failure> {
        match (&self.member, self.role) {
            (Some(email), _) => {
                let found = store.members.by_email(&email.to_lowercase()).await?;
                Ok(Grantee::Member(found.ok_or(control::Error::NotFound("member"))?.id))
            }
            (None, Some(role)) => Ok(Grantee::Role(role)),
            (None, None) => Err(cli::Failure::Usage("Use --to or --role.".into()).into()),
        }
    }
}
