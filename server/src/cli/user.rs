//! `websh user`: members, on the machine itself. Works whether or not the server runs.

use clap::{Subcommand, ValueEnum};
use control::{NewMember, System, members};
use protocol::api;
use store::Store;

use super::{Failure, ask, say, say_json};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Add a member. The password is asked for, or read from standard input.
    Add {
        /// E-mail address to sign in with.
        email: String,
        /// Name shown to others; the part before the @ when not given.
        #[arg(long)]
        name: Option<String>,
        /// What they may do.
        #[arg(long, value_enum, default_value_t)]
        role: Role,
        /// An account of this machine that they may open sessions as; may be given several times.
        /// Without one, a websh that runs as root has none to offer them.
        #[arg(long, value_name = "NAME")]
        account: Vec<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Change a member's password and sign them out everywhere. Their sessions go on.
    Passwd {
        /// E-mail address of the member.
        email: String,
    },
    /// List the members.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum Role {
    #[default]
    Member,
    Staff,
    Superuser,
}

impl From<Role> for api::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Member => Self::Member,
            Role::Staff => Self::Staff,
            Role::Superuser => Self::Superuser,
        }
    }
}

impl User {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let store = Store::open(&config.database_url).await?;
        match self {
            Self::Add { email, name, role, account, json } => {
                let name =
                    name.unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned());
                let new = NewMember { email, name, password: ask::secret("Password")? };
                let me = members::add(&store, &System, new, role.into(), &account).await?;
                if json {
                    return say_json(&me);
                }
                say(&format!("{} is a member now.", me.email))
            }
            Self::Passwd { email } => {
                let password = ask::secret("Password")?;
                members::change_password(&store, &System, &email, &password).await?;
                say("The password is changed. Open pages of this member are signed out.")
            }
            Self::List { json } => {
                let members = members::list(&store).await?;
                if json {
                    return say_json(&members);
                }
                for me in members {
                    let role = format!("{:?}", me.role).to_lowercase();
                    say(&format!("{role:<10} {:<32} {}", me.email, me.name))?;
                }
                Ok(())
            }
        }
    }
}
