//! Sources of the configuration: the tables of `Leptos.toml`, and the environment variables that override
//! their keys. Checks names and types, not values.

use std::{
    ffi::OsString,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use leptos::config::LeptosOptions;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

/// `WEBSH_…` variables that do not configure the server.
const OTHER_VARIABLES: [&str; 7] = [
    "WEBSH_CACHE",
    "WEBSH_CONFIG",
    "WEBSH_DATA",
    "WEBSH_SESSION",
    "WEBSH_TEST_POSTGRES",
    "WEBSH_TOKEN",
    "WEBSH_URL",
];

const SITE_KEYS: [&str; 5] =
    ["output-name", "site-root", "site-pkg-dir", "site-addr", "reload-port"];

/// Values of `[websh]` as written. An unknown key is an error.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Keys {
    pub(super) listen: Option<SocketAddr>,
    pub(super) public_url: Option<String>,
    pub(super) allowed_origins: Vec<String>,
    pub(super) trusted_proxies: Vec<IpAddr>,
    pub(super) data_dir: Option<PathBuf>,
    pub(super) database_url: Option<String>,
    pub(super) session_program: Option<PathBuf>,
    pub(super) shell: Option<PathBuf>,
    pub(super) scrollback: Option<u32>,
    pub(super) smtp_url: Option<String>,
    pub(super) mail_from: Option<String>,
    pub(super) mail_dir: Option<PathBuf>,
    pub(super) log: Option<String>,
}

/// Error in the configuration: one sentence naming the key.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub(super) String);

pub(super) fn refuse<T>(sentence: impl Into<String>) -> Result<T, ConfigError> {
    Err(ConfigError(sentence.into()))
}

/// Reads the values before they are checked: of `[websh]`, of the leptos block, and the home directory.
pub(super) fn read(
    text: &str,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<(Keys, LeptosOptions, Option<PathBuf>), ConfigError> {
    let mut file: Table = text
        .parse()
        .or_else(|error| refuse(format!("Leptos.toml is not valid TOML: {}.", one_line(&error))))?;
    let mut site = take_site(&mut file)?;
    for (key, default) in [("output-name", "websh"), ("site-root", "target/site")] {
        site.entry(key).or_insert_with(|| default.into());
    }
    let mut keys = match file.remove("websh") {
        Some(Value::Table(keys)) => keys,
        Some(_) => return refuse("websh in Leptos.toml must be a table."),
        None => Table::new(),
    };
    if let Some(key) = file.keys().next() {
        return refuse(format!("Unknown table or key in Leptos.toml: {key}."));
    }
    let home = overlay(environment, &mut keys, &mut site)?;
    let keys = Value::Table(keys).try_into().or_else(|error| {
        refuse(format!("Invalid configuration of websh: {}.", one_line(&error)))
    })?;
    let site = Value::Table(site).try_into().or_else(|error| {
        refuse(format!("Invalid leptos block in Leptos.toml: {}.", one_line(&error)))
    })?;
    Ok((keys, site, home))
}

/// Returns the variables that are valid UTF-8. An invalid one is an error if it is websh's.
pub(super) fn readable(
    environment: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Vec<(String, String)>, ConfigError> {
    let mut readable = Vec::new();
    for (name, value) in environment {
        let shown = name.to_string_lossy().into_owned();
        match (name.into_string(), value.into_string()) {
            (Ok(name), Ok(value)) => readable.push((name, value)),
            _ if ["WEBSH_", "LEPTOS_SITE_"].iter().any(|prefix| shown.starts_with(prefix)) => {
                return refuse(format!("The environment variable {shown} is not valid UTF-8."));
            }
            _ => {}
        }
    }
    Ok(readable)
}

/// Removes the leptos block from `file` and returns it. An unknown key in it is an error.
pub(super) fn take_site(file: &mut Table) -> Result<Table, ConfigError> {
    let Some(workspace) = file.remove("workspace") else { return Ok(Table::new()) };
    let blocks = workspace
        .get("metadata")
        .and_then(|metadata| metadata.get("leptos"))
        .and_then(Value::as_array);
    let Some(block) = blocks.and_then(|blocks| blocks.first()).and_then(Value::as_table) else {
        return refuse("The leptos block of Leptos.toml must be [[workspace.metadata.leptos]].");
    };
    match block.keys().find(|key| !SITE_KEYS.contains(&key.as_str())) {
        Some(key) => refuse(format!("Invalid leptos block in Leptos.toml: unknown field `{key}`.")),
        None => Ok(block.clone()),
    }
}

/// Overrides the file's values by the environment's, and rejects unknown keys of either. Returns the home
/// directory.
fn overlay(
    environment: impl Iterator<Item = (String, String)>,
    keys: &mut Table,
    site: &mut Table,
) -> Result<Option<PathBuf>, ConfigError> {
    let mut home = None;
    for (name, value) in environment {
        match name.as_str() {
            "HOME" => home = Some(PathBuf::from(&value)).filter(|path| path.is_absolute()),
            "LEPTOS_SITE_ROOT" => drop(site.insert("site-root".into(), Value::String(value))),
            "LEPTOS_SITE_ADDR" => drop(site.insert("site-addr".into(), Value::String(value))),
            other if OTHER_VARIABLES.contains(&other) => {}
            other => {
                if let Some(key) = other.strip_prefix("WEBSH_") {
                    keys.insert(key.to_ascii_lowercase(), typed(&value));
                }
            }
        }
    }
    let known = serde_json::json!(Keys::default());
    match keys.keys().find(|key| known.get(key.as_str()).is_none()) {
        Some(key) => refuse(format!(
            "Unknown configuration key: {key} (from Leptos.toml or WEBSH_{}).",
            key.to_ascii_uppercase()
        )),
        None => Ok(home),
    }
}

/// Parses a variable's value: a TOML number, boolean or list, or else the text itself.
fn typed(text: &str) -> Value {
    let parsed =
        format!("value = {text}").parse::<Table>().ok().and_then(|mut table| table.remove("value"));
    match parsed {
        Some(value @ (Value::Integer(_) | Value::Boolean(_) | Value::Array(_))) => value,
        _ => Value::String(text.to_owned()),
    }
}

fn one_line(error: &toml::de::Error) -> String {
    error.message().trim().trim_end_matches('.').replace('\n', " ")
}
