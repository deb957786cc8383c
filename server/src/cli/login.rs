//! `websh login` and `websh logout`: a token for this machine, kept for its owner alone.

use clap::{Args, ValueEnum};
use protocol::api::{FreshToken, Me, NewToken, TokenScope, limits};

use super::{Failure, ask, remote::credentials_file, say};
use crate::{
    client::{Client, Credentials, Identity, Known, Place},
    config::{Person, environment},
};

/// Sign in to a websh: makes an API token for this machine and keeps it.
#[derive(Debug, Args)]
pub(super) struct Login {
    /// Its address, such as https://websh.example.
    #[arg(value_name = "URL")]
    place: String,
    /// E-mail address to sign in with; asked for when not given.
    #[arg(long, conflicts_with = "token")]
    email: Option<String>,
    /// Read an API token from standard input instead of signing in.
    #[arg(long)]
    token: bool,
    /// What the token may do.
    #[arg(long, value_enum, default_value_t)]
    scope: Scope,
    /// How long the token works.
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=365))]
    days: u32,
}

/// Forget the token that `websh login` keeps.
#[derive(Debug, Args)]
pub(super) struct Logout {
    /// Its address; the one signed in to last when not given.
    #[arg(value_name = "URL")]
    place: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum Scope {
    /// See sessions and watch the own ones.
    Read,
    /// Also open, drive, change and close the own sessions.
    #[default]
    Sessions,
    /// Everything that the member may do.
    Admin,
}

impl From<Scope> for TokenScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Read => Self::Read,
            Scope::Sessions => Self::Sessions,
            Scope::Admin => Self::Admin,
        }
    }
}

impl Login {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let place = Place::parse(&self.place)?;
        let path = credentials_file(&Person::read(environment()))?;
        let mut credentials = Credentials::load(&path)?;
        let stranger = Client::new(place.clone(), Identity::Nobody);
        let token = if self.token {
            ask::secret("API token")?.trim().to_owned()
        } else {
            self.fresh(&stranger).await?
        };
        let client = Client::new(place.clone(), Identity::Token(token.clone()));
        let me: Me = client.get("/me").await?;
        let origin = place.origin();
        credentials.current = Some(origin.clone());
        credentials.servers.insert(origin.clone(), Known { token, email: me.email.clone() });
        credentials.save(&path)?;
        say(&format!("Signed in to {origin} as {}.", me.email))
    }

    /// Signs in, makes a token and signs out: only the token stays.
    async fn fresh(&self, stranger: &Client) -> Result<String, Failure> {
        let email = self.email.clone().map_or_else(|| ask::line("E-mail"), Ok)?;
        let uname = rustix::system::uname();
        let machine = uname.nodename().to_string_lossy();
        let name: String = format!("websh on {machine}").chars().take(limits::MAX_NAME).collect();
        let new = NewToken { name, scope: self.scope.into(), days: self.days };
        Ok(make_token(stranger, &email, &new).await?.secret)
    }
}

/// Makes a token of whoever has this address and knows their password: no token makes another one.
pub(super) async fn make_token(
    client: &Client,
    email: &str,
    new: &NewToken,
) -> Result<FreshToken, Failure> {
    let password = ask::secret("Password")?;
    let nobody = Client::new(client.place().clone(), Identity::Nobody);
    let page = nobody.sign_in(email, &password).await?;
    let made = page.post("/tokens", new).await;
    page.sign_out().await?;
    Ok(made?)
}

impl Logout {
    pub(super) fn run(self) -> Result<(), Failure> {
        let path = credentials_file(&Person::read(environment()))?;
        let mut credentials = Credentials::load(&path)?;
        let origin = match &self.place {
            Some(place) => Some(Place::parse(place)?.origin()),
            None => credentials.current.clone(),
        };
        let known = origin.as_ref().and_then(|origin| credentials.servers.remove(origin));
        let (Some(origin), Some(_)) = (origin, known) else {
            return Err(Failure::NotFound("Not signed in there.".into()));
        };
        if credentials.current.as_ref() == Some(&origin) {
            credentials.current = credentials.servers.keys().next().cloned();
        }
        credentials.save(&path)?;
        say(&format!(
            "Forgot the token for {origin}. It works until it is removed there or expires."
        ))
    }
}
