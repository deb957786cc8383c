//! Configuration of the server: `Leptos.toml`, overridden by the environment, read once at start-up.
//! Nothing else in the server reads either.

use std::{
    ffi::OsString,
    fs, io,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use leptos::config::{Env, LeptosOptions};
use serde::Serialize;
use source::refuse;
use url::{origin, plain, without_password};

mod mail;
mod source;
mod url;

pub use source::ConfigError;

/// Maximum lines of history that a session keeps.
const MAX_SCROLLBACK: u32 = 1_000_000;

/// The configuration in effect.
#[derive(Clone, Debug, Serialize)]
pub struct Config {
    pub listen: SocketAddr,
    /// Origin at which users reach the server. Links are made from it alone.
    pub public_url: String,
    /// Origins whose pages may change state, `public_url` first.
    pub allowed_origins: Vec<String>,
    /// Peers whose `X-Forwarded-For` header is trusted; none by default.
    pub trusted_proxies: Vec<IpAddr>,
    /// Directory of the database and the sockets, mode 0700.
    pub data_dir: PathBuf,
    /// `sqlite://…` or `postgres://…`.
    pub database_url: String,
    /// Path of the `websh-session` program.
    pub session_program: PathBuf,
    /// Shell to run instead of each account's login shell.
    pub shell: Option<PathBuf>,
    /// Lines of history that a session keeps, 0 to 1,000,000.
    pub scrollback: u32,
    /// Mail server: `smtps://USER:PASSWORD@HOST`.
    pub smtp_url: Option<String>,
    pub mail_from: Option<String>,
    /// Directory to write mail to when there is no mail server.
    pub mail_dir: Option<PathBuf>,
    /// Log filter as `tracing` directives: `info`, `debug`, `server=debug,warn`.
    pub log: String,
    #[serde(skip)]
    pub leptos: LeptosOptions,
}

impl Config {
    /// Returns the directory of the session sockets.
    pub fn run_dir(&self) -> PathBuf {
        self.data_dir.join("run")
    }

    /// Reads `file` and the environment. Without `file`, reads `Leptos.toml` if it exists.
    ///
    /// # Errors
    /// One sentence naming the key or file.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let environment = source::readable(environment)?.into_iter();
        let path = file.unwrap_or(Path::new("Leptos.toml"));
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if file.is_none() && error.kind() == io::ErrorKind::NotFound => {
                String::new()
            }
            Err(error) => return refuse(format!("Could not read {}: {error}.", path.display())),
        };
        Self::parse(&text, environment)
    }

    fn parse(
        text: &str,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let (keys, mut leptos, home) = source::read(text, environment)?;
        let listen = keys.listen.unwrap_or(leptos.site_addr);
        (leptos.site_addr, leptos.env) = (listen, Env::PROD);
        let public_url = match keys.public_url {
            Some(url) => match origin(&url) {
                Some(origin) => origin,
                None => {
                    return refuse(format!(
                        "public_url must be an http:// or https:// URL without a path, not {url}."
                    ));
                }
            },
            None => plain(&listen.to_string()),
        };
        if !listen.ip().is_loopback() && !public_url.starts_with("https://") {
            return refuse(format!(
                "listen is {listen}, which other machines can reach without TLS. Set public_url to the https:// address of a TLS proxy."
            ));
        }
        let mut allowed_origins = vec![public_url.clone()];
        for written in keys.allowed_origins {
            let Some(origin) = origin(&written) else {
                return refuse(format!(
                    "allowed_origins contains {written}, which is not an origin such as https://websh.example."
                ));
            };
            allowed_origins.push(origin);
        }
        let Some(data_dir) =
            keys.data_dir.or_else(|| home.map(|home| home.join(".local/share/websh")))
        else {
            return refuse("data_dir is not set, and HOME is not set to derive it from.");
        };
        let data_dir = std::path::absolute(&data_dir)
            .or_else(|error| refuse(format!("data_dir is not valid: {error}.")))?;
        let database_url = keys
            .database_url
            .unwrap_or_else(|| format!("sqlite://{}", data_dir.join("websh.db").display()));
        if !["sqlite:", "postgres://", "postgresql://"]
            .iter()
            .any(|scheme| database_url.starts_with(scheme))
        {
            return refuse("database_url must start with sqlite: or postgres://.");
        }
        let session_program = match keys.session_program {
            Some(path) => path,
            None => match std::env::current_exe() {
                Ok(program) => program.with_file_name("websh-session"),
                Err(error) => {
                    return refuse(format!(
                        "session_program is not set, and the path of this program is unknown: {error}."
                    ));
                }
            },
        };
        let scrollback = keys.scrollback.unwrap_or(10_000);
        if scrollback > MAX_SCROLLBACK {
            return refuse(format!(
                "scrollback must be between 0 and {MAX_SCROLLBACK}, not {scrollback}."
            ));
        }
        Ok(Self {
            listen,
            public_url,
            allowed_origins,
            trusted_proxies: keys.trusted_proxies,
            data_dir,
            database_url,
            session_program,
            shell: keys.shell,
            scrollback,
            smtp_url: keys.smtp_url,
            mail_from: keys.mail_from,
            mail_dir: keys.mail_dir,
            log: keys.log.unwrap_or_else(|| "info,sea_orm_migration=warn".into()),
            leptos,
        })
    }

    /// Adopts the bound address, whose port differs from the configured one if that is 0. Without a
    /// configured `public_url`, users may also use the host name `localhost`.
    pub fn bound_to(&mut self, address: SocketAddr) {
        let default = plain(&self.listen.to_string());
        self.listen = address;
        if self.public_url == default {
            self.public_url = plain(&address.to_string());
            for origin in self.allowed_origins.iter_mut().filter(|origin| **origin == default) {
                origin.clone_from(&self.public_url);
            }
            self.allowed_origins.push(plain(&format!("localhost:{}", address.port())));
        }
    }

    /// Returns whether users reach the server over TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Returns the configuration as TOML, with secrets masked.
    pub fn to_toml(&self) -> String {
        let mut shown = self.clone();
        shown.database_url = without_password(&shown.database_url);
        shown.smtp_url = shown.smtp_url.as_deref().map(without_password);
        toml::to_string(&shown).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
