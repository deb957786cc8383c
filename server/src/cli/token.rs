//! `websh token`: API tokens of whoever is signed in.

use app::words;
use clap::{Args, Subcommand};
use control::{Clock, System};
use protocol::{
    api::{Me, NewToken, TokenInfo},
    id::TokenId,
};

use super::{
    Failure,
    login::{Scope, make_token},
    remote::Remote,
    say, say_json,
    table::table,
};

#[derive(Debug, Subcommand)]
pub(super) enum Token {
    List(List),
    New(New),
    Remove(Remove),
}

/// List your tokens.
#[derive(Debug, Args)]
pub(super) struct List {
    /// As JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    remote: Remote,
}

/// Make a token, which takes your password; its secret is shown once.
#[derive(Debug, Args)]
pub(super) struct New {
    /// What it is for.
    name: String,
    /// What it may do.
    #[arg(long, value_enum, default_value_t)]
    scope: Scope,
    /// How long it works.
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=365))]
    days: u32,
    /// As JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    remote: Remote,
}

/// Remove a token: it stops working, and what is open by it closes.
#[derive(Debug, Args)]
pub(super) struct Remove {
    /// Its id, or its name where only one has it.
    #[arg(value_name = "ID|NAME")]
    token: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    remote: Remote,
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
        let tokens: Vec<TokenInfo> = self.remote.client()?.get("/tokens").await?;
        if self.json {
            return say_json(&tokens);
        }
        if tokens.is_empty() {
            return say("There is no token.");
        }
        let now = System.now().timestamp_millis();
        let rows: Vec<Vec<String>> = tokens
            .iter()
            .map(|token| {
                vec![
                    token.name.clone(),
                    format!("{:?}", token.scope).to_lowercase(),
                    token.used_at.map_or_else(|| "never".into(), |at| words::ago(at, now)),
                    words::at(token.expires_at),
                    token.id.to_string(),
                ]
            })
            .collect();
        say(&table(&["NAME", "SCOPE", "LAST USED", "EXPIRES", "ID"], &rows))
    }
}

impl New {
    async fn run(self) -> Result<(), Failure> {
        let new = NewToken { name: self.name, scope: self.scope.into(), days: self.days };
        let client = self.remote.client()?;
        let me: Me = client.get("/me").await?;
        let made = make_token(&client, &me.email, &new).await?;
        if self.json {
            return say_json(&made);
        }
        say(&made.secret)
    }
}

impl Remove {
    async fn run(self) -> Result<(), Failure> {
        let client = self.remote.client()?;
        let tokens: Vec<TokenInfo> = client.get("/tokens").await?;
        let wanted = &self.token;
        let id = wanted.parse::<TokenId>().ok();
        let is_meant = |token: &&TokenInfo| match id {
            Some(id) => token.id == id,
            None => token.name == *wanted,
        };
        let mut meant = tokens.iter().filter(is_meant);
        let token = match (meant.next(), meant.next()) {
            (Some(one), None) => one,
            (None, _) => return Err(Failure::NotFound(format!("There is no token {wanted}."))),
            _ => {
                return Err(Failure::Sentence(format!(
                    "Several tokens are called {wanted}: name one by its id."
                )));
            }
        };
        client.delete(&format!("/tokens/{}", token.id)).await?;
        if self.json {
            return say_json(token);
        }
        say("The token is removed.")
    }
}
