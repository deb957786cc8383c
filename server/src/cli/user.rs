//! `websh user`: members, on the machine itself. Works whether or not the server runs.

use std::io::{self, BufRead, IsTerminal, Write};

use clap::{Subcommand, ValueEnum};
use control::{NewMember, System, members};
use protocol::api;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use store::Store;

use super::{Failure, say};
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
    },
    /// Change a member's password and sign them out everywhere. Their sessions go on.
    Passwd {
        /// E-mail address of the member.
        email: String,
    },
    /// List the members.
    List,
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
            Self::Add { email, name, role } => {
                let name =
                    name.unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned());
                let new = NewMember { email, name, password: password()? };
                let me = members::add(&store, &System, new, role.into()).await?;
                say(&format!("{} is a member now.", me.email))
            }
            Self::Passwd { email } => {
                members::change_password(&store, &System, &email, &password()?).await?;
                say("The password is changed. Open pages of this member are signed out.")
            }
            Self::List => {
                for me in members::list(&store).await? {
                    let role = format!("{:?}", me.role).to_lowercase();
                    say(&format!("{role:<10} {:<32} {}", me.email, me.name))?;
                }
                Ok(())
            }
        }
    }
}

/// A password: typed unseen at a terminal, else the first line of standard input.
fn password() -> Result<String, Failure> {
    let stdin = io::stdin();
    let hidden = if stdin.is_terminal() {
        write!(io::stderr(), "Password: ")?;
        let shown = tcgetattr(&stdin).map_err(io::Error::from)?;
        let mut hidden = shown.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&stdin, OptionalActions::Flush, &hidden).map_err(io::Error::from)?;
        Some(shown)
    } else {
        None
    };
    let mut line = String::new();
    let read = stdin.lock().read_line(&mut line);
    if let Some(shown) = hidden {
        tcsetattr(&stdin, OptionalActions::Flush, &shown).map_err(io::Error::from)?;
        writeln!(io::stderr())?;
    }
    read?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
