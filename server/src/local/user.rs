//! `websh user`: the members, managed on the machine itself. Works with and without a running server.

use clap::{
    Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use cli::{
    output::{print, print_json},
    prompt,
};
use control::{NewMember, System, command_line};
use protocol::api::Role;
use store::Store;

use super::Failure;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub enum User {
    /// Add a member. Prompts for the password or reads it from standard input.
    Add {
        /// Email address to sign in with.
        email: String,
        /// Display name [default: the part of the address before the @].
        #[arg(long)]
        name: Option<String>,
        /// Role of the new member.
        #[arg(long, default_value_t = Role::Member, value_parser = role())]
        role: Role,
        /// Account of this machine that the member may create sessions as; repeatable.
        /// If websh runs as root, a member without one cannot create sessions.
        #[arg(long, value_name = "NAME")]
        account: Vec<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Change a member's password and sign them out everywhere. Their sessions keep running.
    Passwd {
        /// Email address of the member.
        email: String,
    },
    /// List the members.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn role() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(["member", "staff", "superuser"])
        .try_map(|role| role.parse().map_err(|_| "unknown role"))
}

impl User {
    pub async fn run(self, config: &Config) -> Result<(), Failure> {
        let store = Store::open(&config.database_url).await?;
        match self {
            Self::Add { email, name, role, account, json } => {
                let name =
                    name.unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned());
                let new = NewMember { email, name, password: prompt::secret("Password")? };
                let me = command_line::add_member(&store, &System, new, role, &account).await?;
                if json {
                    return Ok(print_json(&me)?);
                }
                print(&format!("Added {}.", me.email))?;
            }
            Self::Passwd { email } => {
                let password = prompt::secret("Password")?;
                command_line::change_password(&store, &System, &email, &password).await?;
                print("Changed the password and signed the member out everywhere.")?;
            }
            Self::List { json } => {
                let members = command_line::members(&store).await?;
                if json {
                    return Ok(print_json(&members)?);
                }
                for me in members {
                    print(&format!("{:<10} {:<32} {}", me.role, me.email, me.name))?;
                }
            }
        }
        Ok(())
    }
}
