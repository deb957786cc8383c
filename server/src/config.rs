//! The one configuration: `Leptos.toml`, overridden by the environment, read once at start-up. Nothing
//! else in the program reads either.

use std::{
    ffi::OsString,
    fs, io,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

use leptos::config::{Env, LeptosOptions};
use serde::{Deserialize, Serialize};
use toml::{Table, Value};
use url::{origin, plain, plain_at, without_password};

mod mail;
mod url;

/// `WEBSH_…` variables that are not configuration of the server.
const NOT_OURS: [&str; 7] = [
    "WEBSH_CACHE",
    "WEBSH_CONFIG",
    "WEBSH_DATA",
    "WEBSH_SESSION",
    "WEBSH_TEST_POSTGRES",
    "WEBSH_TOKEN",
    "WEBSH_URL",
];

/// Why the configuration can't be used: one sentence that names the key.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

fn refuse<T>(sentence: impl Into<String>) -> Result<T, ConfigError> {
    Err(ConfigError(sentence.into()))
}

/// `[websh]` as written. An unknown key is an error.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Keys {
    listen: Option<SocketAddr>,
    public_url: Option<String>,
    allowed_origins: Vec<String>,
    trusted_proxies: Vec<IpAddr>,
    data_dir: Option<PathBuf>,
    database_url: Option<String>,
    session_program: Option<PathBuf>,
    shell: Option<PathBuf>,
    scrollback: Option<u32>,
    smtp_url: Option<String>,
    mail_from: Option<String>,
    mail_dir: Option<PathBuf>,
    log: Option<String>,
}

/// The leptos block as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct Site {
    output_name: String,
    site_root: String,
    site_pkg_dir: String,
    site_addr: SocketAddr,
    reload_port: u32,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            output_name: "websh".into(),
            site_root: "target/site".into(),
            site_pkg_dir: "pkg".into(),
            site_addr: SocketAddr::from(([127, 0, 0, 1], 3000)),
            reload_port: 3001,
        }
    }
}

/// What is in force.
#[derive(Clone, Debug, Serialize)]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// How people reach it: scheme, host and port, without a path. Links are made from it alone.
    pub public_url: String,
    /// Origins whose pages may change things, `public_url` first.
    pub allowed_origins: Vec<String>,
    /// Peers whose `X-Forwarded-For` is believed; none by default.
    pub trusted_proxies: Vec<IpAddr>,
    /// Database and sockets, mode 0700.
    pub data_dir: PathBuf,
    /// `sqlite://…` or `postgres://…`.
    pub database_url: String,
    /// The `websh-session` program.
    pub session_program: PathBuf,
    /// Another shell than each account's own.
    pub shell: Option<PathBuf>,
    /// Lines of history a session keeps, 0 to 1,000,000.
    pub scrollback: u32,
    /// The mail server: `smtps://USER:PASSWORD@HOST`.
    pub smtp_url: Option<String>,
    /// Whom mail is from.
    pub mail_from: Option<String>,
    /// Where mail is put while there is no mail server.
    pub mail_dir: Option<PathBuf>,
    /// What is logged, as `tracing` directives: `info`, `debug`, `server=debug,warn`.
    pub log: String,
    /// Where the built pages are.
    #[serde(skip)]
    pub leptos: LeptosOptions,
}

impl Config {
    /// Directory of the session sockets.
    pub fn run_dir(&self) -> PathBuf {
        self.data_dir.join("run")
    }

    /// Reads `file` (when it exists, or was asked for by name) and the environment.
    ///
    /// # Errors
    /// One sentence that names the key or file.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let environment = readable(environment)?.into_iter();
        let default = Path::new("Leptos.toml");
        let text = match fs::read_to_string(file.unwrap_or(default)) {
            Ok(text) => text,
            Err(error) if file.is_none() && error.kind() == io::ErrorKind::NotFound => {
                String::new()
            }
            Err(error) => {
                return refuse(format!(
                    "{} can't be read: {error}.",
                    file.unwrap_or(default).display()
                ));
            }
        };
        Self::parse(&text, environment)
    }

    fn parse(
        text: &str,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut file: Table = match text.parse() {
            Ok(table) => table,
            Err(error) => {
                return refuse(format!("Leptos.toml is not valid TOML: {}.", one_line(&error)));
            }
        };
        let mut site = take_site(&mut file)?;
        let mut keys = match file.remove("websh") {
            Some(Value::Table(keys)) => keys,
            Some(_) => return refuse("websh in Leptos.toml must be a table."),
            None => Table::new(),
        };
        if let Some(key) = file.keys().next() {
            return refuse(format!("Leptos.toml has an unknown table or key, {key}."));
        }
        let home = overlay(environment, &mut keys, &mut site)?;
        let keys: Keys = match Value::Table(keys).try_into() {
            Ok(keys) => keys,
            Err(error) => {
                return refuse(format!(
                    "The configuration of websh is wrong: {}.",
                    one_line(&error)
                ));
            }
        };
        let site: Site = match Value::Table(site).try_into() {
            Ok(site) => site,
            Err(error) => {
                return refuse(format!(
                    "The leptos block of Leptos.toml is wrong: {}.",
                    one_line(&error)
                ));
            }
        };
        Self::checked(keys, site, home)
    }

    fn checked(keys: Keys, site: Site, home: Option<PathBuf>) -> Result<Self, ConfigError> {
        let listen = keys.listen.unwrap_or(site.site_addr);
        let public_url = match keys.public_url {
            Some(url) => origin(&url).ok_or_else(|| ConfigError(format!("public_url must be http:// or https:// with a host and nothing behind it, not {url}.")))?,
            None => plain_at(listen),
        };
        if !listen.ip().is_loopback() && !public_url.starts_with("https://") {
            return refuse(format!(
                "listen is {listen}, which others can reach: set public_url to the https:// address that a TLS proxy serves it at."
            ));
        }
        let mut allowed_origins = vec![public_url.clone()];
        for written in keys.allowed_origins {
            match origin(&written) {
                Some(origin) => allowed_origins.push(origin),
                None => {
                    return refuse(format!(
                        "allowed_origins has {written}, which is not an origin such as https://websh.example."
                    ));
                }
            }
        }
        let Some(data_dir) =
            keys.data_dir.or_else(|| home.map(|home| home.join(".local/share/websh")))
        else {
            return refuse("data_dir is not set and there is no home directory to put it in.");
        };
        let data_dir = std::path::absolute(&data_dir)
            .map_err(|error| ConfigError(format!("data_dir is wrong: {error}.")))?;
        let database_url = keys
            .database_url
            .unwrap_or_else(|| format!("sqlite://{}", data_dir.join("websh.db").display()));
        if !database_url.starts_with("sqlite:")
            && !database_url.starts_with("postgres://")
            && !database_url.starts_with("postgresql://")
        {
            return refuse("database_url must start with sqlite: or postgres://.");
        }
        let session_program = match keys.session_program {
            Some(path) => path,
            None => beside_this_program("websh-session")?,
        };
        let scrollback = bounded("scrollback", keys.scrollback.unwrap_or(10_000), 0..=1_000_000)?;
        let leptos = LeptosOptions::builder()
            .output_name(Arc::<str>::from(site.output_name))
            .site_root(Arc::<str>::from(site.site_root))
            .site_pkg_dir(Arc::<str>::from(site.site_pkg_dir))
            .site_addr(listen)
            .reload_port(site.reload_port)
            .env(Env::PROD)
            .build();
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

    /// Takes over the address that was really bound: port 0 asks for any. Where no public URL was
    /// set, people may also say `localhost`.
    pub fn bound_to(&mut self, address: SocketAddr) {
        let assumed = plain_at(self.listen);
        self.listen = address;
        if self.public_url == assumed {
            self.public_url = plain_at(address);
            for origin in self.allowed_origins.iter_mut().filter(|origin| **origin == assumed) {
                origin.clone_from(&self.public_url);
            }
            self.allowed_origins.push(plain("localhost", address.port()));
        }
    }

    /// Whether people reach it over TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// What is in force, as TOML, secrets masked.
    pub fn to_toml(&self) -> String {
        let mut shown = self.clone();
        shown.database_url = without_password(&shown.database_url);
        shown.smtp_url = shown.smtp_url.as_deref().map(without_password);
        toml::to_string(&shown).unwrap_or_default()
    }
}

/// The variables that are text. Others of ours are refused, foreign ones are nobody's business here.
fn readable(
    environment: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Vec<(String, String)>, ConfigError> {
    let mut readable = Vec::new();
    for (name, value) in environment {
        let shown = name.to_string_lossy().into_owned();
        match (name.into_string(), value.into_string()) {
            (Ok(name), Ok(value)) => readable.push((name, value)),
            _ if ["WEBSH_", "LEPTOS_SITE_"].iter().any(|ours| shown.starts_with(ours)) => {
                return refuse(format!("The environment variable {shown} is not valid UTF-8."));
            }
            _ => {}
        }
    }
    Ok(readable)
}

fn take_site(file: &mut Table) -> Result<Table, ConfigError> {
    let Some(workspace) = file.remove("workspace") else { return Ok(Table::new()) };
    let blocks = workspace
        .get("metadata")
        .and_then(|metadata| metadata.get("leptos"))
        .and_then(Value::as_array);
    match blocks.and_then(|blocks| blocks.first()).and_then(Value::as_table) {
        Some(block) => Ok(block.clone()),
        None => refuse("The leptos block of Leptos.toml must be [[workspace.metadata.leptos]]."),
    }
}

/// Puts the environment over what the file said. Returns the home directory.
fn overlay(
    environment: impl Iterator<Item = (String, String)>,
    keys: &mut Table,
    site: &mut Table,
) -> Result<Option<PathBuf>, ConfigError> {
    let mut home = None;
    for (name, value) in environment {
        if name == "HOME" {
            home = Some(PathBuf::from(&value)).filter(|path| path.is_absolute());
        }
        if let Some(key) =
            name.strip_prefix("WEBSH_").filter(|_| !NOT_OURS.contains(&name.as_str()))
        {
            keys.insert(key.to_ascii_lowercase(), typed(&value));
        }
        match name.as_str() {
            "LEPTOS_SITE_ROOT" => drop(site.insert("site-root".into(), Value::String(value))),
            "LEPTOS_SITE_ADDR" => drop(site.insert("site-addr".into(), Value::String(value))),
            _ => {}
        }
    }
    for key in keys.keys() {
        if !KEYS.contains(&key.as_str()) {
            return refuse(format!(
                "{key} is not a configuration key of websh (from Leptos.toml or WEBSH_{}).",
                key.to_ascii_uppercase()
            ));
        }
    }
    Ok(home)
}

/// Every key of `[websh]`.
const KEYS: [&str; 13] = [
    "listen",
    "public_url",
    "allowed_origins",
    "trusted_proxies",
    "data_dir",
    "database_url",
    "session_program",
    "shell",
    "scrollback",
    "smtp_url",
    "mail_from",
    "mail_dir",
    "log",
];

/// A variable's value: a TOML number, boolean or list where it is one, else the text itself.
fn typed(text: &str) -> Value {
    let parsed =
        format!("value = {text}").parse::<Table>().ok().and_then(|mut table| table.remove("value"));
    match parsed {
        Some(value @ (Value::Integer(_) | Value::Boolean(_) | Value::Array(_))) => value,
        _ => Value::String(text.to_owned()),
    }
}

fn bounded(
    key: &str,
    value: u32,
    bounds: std::ops::RangeInclusive<u32>,
) -> Result<u32, ConfigError> {
    if bounds.contains(&value) {
        return Ok(value);
    }
    refuse(format!("{key} must be from {} to {}, not {value}.", bounds.start(), bounds.end()))
}

fn beside_this_program(name: &str) -> Result<PathBuf, ConfigError> {
    match std::env::current_exe() {
        Ok(program) => Ok(program.with_file_name(name)),
        Err(error) => refuse(format!(
            "session_program is not set and this program's own place is unknown: {error}."
        )),
    }
}

fn one_line(error: &toml::de::Error) -> String {
    error.message().trim().trim_end_matches('.').replace('\n', " ")
}

#[cfg(test)]
mod tests;
