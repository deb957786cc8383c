//! `websh account`: who may open sessions as which account of this machine. Works whether or not the
//! server runs.

use app::words;
use clap::{Args, Subcommand};
use control::{System, grants};
use protocol::api::Grantee;
use store::Store;

use super::{Failure, say, say_json, table::table, user::Role};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Account {
    /// Let somebody open sessions as an account.
    Grant(One),
    /// Take that back; sessions that run go on.
    Revoke(One),
    /// List who may use which account.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct One {
    /// The account, by its login name.
    account: String,
    #[command(flatten)]
    to: To,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct To {
    /// A member, by e-mail address.
    #[arg(long = "to", value_name = "EMAIL")]
    member: Option<String>,
    /// All members of a role and above.
    #[arg(long, value_enum)]
    role: Option<Role>,
}

impl Account {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let store = Store::open(&config.database_url).await?;
        match self {
            Self::Grant(one) => {
                let to = one.to.grantee(&store).await?;
                let grant = grants::grant_here(&store, &System, &one.account, to).await?;
                say(&format!("{} is granted to {}.", grant.account, grant.to_name))
            }
            Self::Revoke(one) => {
                let to = one.to.grantee(&store).await?;
                grants::revoke_here(&store, &System, &one.account, to).await?;
                say(&format!("{} is not granted to them any more.", one.account))
            }
            Self::List { json } => {
                let grants = grants::list_here(&store).await?;
                if json {
                    return say_json(&grants);
                }
                let rows: Vec<Vec<String>> = grants
                    .into_iter()
                    .map(|it| vec![it.account, it.to_name, it.by, words::at(it.created_at)])
                    .collect();
                say(&table(&["ACCOUNT", "TO", "GRANTED BY", "SINCE"], &rows))
            }
        }
    }
}

impl To {
    async fn grantee(&self, store: &Store) -> Result<Grantee, Failure> {
        match (&self.member, self.role) {
            (Some(email), _) => {
                let found = store.member_by_email(&email.to_lowercase()).await?;
                Ok(Grantee::Member(found.ok_or(control::Error::NotFound("member"))?.id))
            }
            (None, Some(role)) => Ok(Grantee::Role(role.into())),
            (None, None) => Err(Failure::Usage("Say --to or --role.".into())),
        }
    }
}
