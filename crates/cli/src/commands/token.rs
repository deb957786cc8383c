//! `websh token`: the API tokens of the signed-in member.

use clap::{Args, Subcommand};
use protocol::{
    api::{Me, NewToken, TokenInfo, TokenScope},
    format,
    id::TokenId,
};

use super::{
    complete::tokens,
    login::{create_token, scope, token_days},
    remote::Options,
};
use crate::{
    Failure,
    output::{now, table},
};

#[derive(Debug, Subcommand)]
pub enum Token {
    List(List),
    New(New),
    Remove(Remove),
}

/// List your tokens.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    options: Options,
}

/// Create a token and print its secret, once. Prompts for your password.
#[derive(Debug, Args)]
pub struct New {
    /// Name of the token.
    name: String,
    /// Scope of the token.
    #[arg(long, default_value_t = TokenScope::Sessions, value_parser = scope())]
    scope: TokenScope,
    /// Lifetime in days.
    #[arg(long, default_value_t = 90, value_parser = token_days())]
    days: u32,
    #[command(flatten)]
    options: Options,
}

/// Remove a token and close the connections that use it.
#[derive(Debug, Args)]
pub struct Remove {
    /// Token id or unique name.
    #[arg(value_name = "ID|NAME", add = tokens())]
    token: String,
    #[command(flatten)]
    options: Options,
}

impl Token {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::List(list) => list.run().await,
            Self::New(new) => new.run().await,
            Self::Remove(remove) => remove.run().await,
        }
    }
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        let tokens: Vec<TokenInfo> = self.options.remote.client()?.get("/tokens").await?;
        self.options.print(&tokens, |tokens| {
            if tokens.is_empty() {
                return "No tokens.".into();
            }
            let now = now().timestamp_millis();
            let rows: Vec<Vec<String>> = tokens
                .iter()
                .map(|token| {
                    vec![
                        token.name.clone(),
                        token.scope.to_string(),
                        token.used_at.map_or_else(|| "never".into(), |at| format::ago(at, now)),
                        format::at(token.expires_at),
                        token.id.to_string(),
                    ]
                })
                .collect();
            table(&["NAME", "SCOPE", "LAST USED", "EXPIRES", "ID"], &rows)
        })
    }
}

impl New {
    async fn run(self) -> Result<(), Failure> {
        let new = NewToken { name: self.name, scope: self.scope, days: self.days };
        let client = self.options.remote.client()?;
        let me: Me = client.get("/me").await?;
        let created = create_token(&client, &me.email, &new).await?;
        self.options.print(&created, |it| it.secret.clone())
    }
}

impl Remove {
    async fn run(self) -> Result<(), Failure> {
        let client = self.options.remote.client()?;
        let tokens: Vec<TokenInfo> = client.get("/tokens").await?;
        let wanted = &self.token;
        let id = wanted.parse::<TokenId>().ok();
        let matches = |token: &&TokenInfo| match id {
            Some(id) => token.id == id,
            None => token.name == *wanted,
        };
        let token = Failure::only("token", wanted, tokens.iter().filter(matches))?;
        client.delete(&format!("/tokens/{}", token.id)).await?;
        self.options.print(token, |it| format!("Removed the token {}.", it.name))
    }
}
