//! `websh login` and `websh logout`: an API token for this machine, stored for its owner alone.

use clap::{Args, builder::TypedValueParser};
use protocol::api::{FreshToken, Me, NewToken, TokenScope, limits};

use super::{choices::choices, remote::credentials_file};
use crate::{
    Failure,
    credentials::{Credentials, Known},
    http::{Client, Identity, ServerAddress},
    output::print,
    prompt,
    settings::{Settings, environment},
};

/// Sign in to a server and store an API token for this machine.
#[derive(Debug, Args)]
pub struct Login {
    /// Server address, such as https://websh.example.
    #[arg(value_name = "URL")]
    address: String,
    /// Email address to sign in with [default: prompt].
    #[arg(long, conflicts_with = "token")]
    email: Option<String>,
    /// Read an API token from standard input instead of signing in.
    #[arg(long)]
    token: bool,
    /// Scope of the token.
    #[arg(long, default_value_t = TokenScope::Sessions, value_parser = scope())]
    scope: TokenScope,
    /// Lifetime of the token in days.
    #[arg(long, default_value_t = 90, value_parser = token_days())]
    days: u32,
}

/// Delete the stored token of a server.
#[derive(Debug, Args)]
pub struct Logout {
    /// Server address [default: the last one you signed in to].
    #[arg(value_name = "URL")]
    address: Option<String>,
}

/// Parses the scope of a token.
pub(super) fn scope() -> impl TypedValueParser<Value = TokenScope> {
    choices(&[
        ("read", "List sessions and watch your own"),
        ("sessions", "Also open, drive, change and close your own sessions"),
        ("admin", "Everything you may do"),
    ])
}

/// Parses the lifetime of a token.
pub(super) fn token_days() -> impl TypedValueParser<Value = u32> {
    let (low, high) = (*limits::TOKEN_DAYS.start(), *limits::TOKEN_DAYS.end());
    clap::value_parser!(u32).range(i64::from(low)..=i64::from(high))
}

impl Login {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let address = ServerAddress::parse(&self.address)?;
        let path = credentials_file(&Settings::read(environment()))?;
        let mut credentials = Credentials::load(&path)?;
        let origin = address.origin();
        let client = Client::new(address, Identity::Anonymous)?;
        // Before the prompt, so that no secret is typed for a wrong address.
        client.check_server().await?;
        let token = if self.token {
            prompt::secret("API token")?.trim().to_owned()
        } else {
            self.create_token(&client).await?
        };
        let me: Me = client.with(Identity::Token(token.clone())).get("/me").await?;
        credentials.current = Some(origin.clone());
        credentials.servers.insert(origin.clone(), Known { token, email: me.email.clone() });
        credentials.save(&path)?;
        print(&format!("Signed in to {origin} as {}.", me.email))
    }

    async fn create_token(&self, client: &Client) -> Result<String, Failure> {
        let email = self.email.clone().map_or_else(|| prompt::line("Email"), Ok)?;
        let uname = rustix::system::uname();
        let machine = uname.nodename().to_string_lossy();
        let name: String = format!("websh on {machine}").chars().take(limits::MAX_NAME).collect();
        let new = NewToken { name, scope: self.scope, days: self.days };
        Ok(create_token(client, &email, &new).await?.secret)
    }
}

/// Prompts for the password and creates a token in a sign-in of its own: tokens can't create tokens.
pub(super) async fn create_token(
    client: &Client,
    email: &str,
    new: &NewToken,
) -> Result<FreshToken, Failure> {
    let password = prompt::secret("Password")?;
    let signed_in = client.with(Identity::Anonymous).sign_in(email, &password).await?;
    let created = signed_in.post("/tokens", new).await;
    signed_in.sign_out().await?;
    Ok(created?)
}

impl Logout {
    pub(super) fn run(self) -> Result<(), Failure> {
        let path = credentials_file(&Settings::read(environment()))?;
        let mut credentials = Credentials::load(&path)?;
        let origin = match &self.address {
            Some(address) => Some(ServerAddress::parse(address)?.origin()),
            None => credentials.current.clone(),
        };
        let known = origin.as_ref().and_then(|origin| credentials.servers.remove(origin));
        let (Some(origin), Some(_)) = (&origin, known) else {
            let server = origin.as_deref().unwrap_or("a server");
            return Err(Failure::NotFound(format!("You are not signed in to {server}.")));
        };
        if credentials.current.as_ref() == Some(origin) {
            credentials.current = credentials.servers.keys().next().cloned();
        }
        credentials.save(&path)?;
        print(&format!(
            "Deleted the stored token for {origin}. It stays valid until it expires or is revoked on the server."
        ))
    }
}
