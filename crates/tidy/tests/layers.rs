//! Dependencies between crates and on libraries: the directions of ARCHITECTURE.md, read from the
//! manifests.

use std::collections::BTreeMap;

use tidy::{Crate, crates, no_breach, read};

/// Workspace crates that each crate may depend on.
const DIRECTIONS: [(&str, &[&str]); 12] = [
    ("protocol", &[]),
    ("client", &["protocol"]),
    ("screen", &["protocol"]),
    ("session", &["protocol", "screen"]),
    ("host", &["protocol"]),
    ("store", &["protocol"]),
    ("control", &["host", "protocol", "store"]),
    ("app", &["client", "control", "protocol"]),
    ("frontend", &["app"]),
    ("cli", &["client", "protocol"]),
    ("server", &["app", "cli", "control", "host", "protocol", "store"]),
    ("tidy", &[]),
];

/// Libraries of one concern and the crates that may use them. `bench` may use all of them.
const OWNERS: [(&str, &[&str]); 16] = [
    ("axum", &["server"]),
    ("hyper", &["server"]),
    ("hyper-util", &["server"]),
    ("reqwest", &["cli"]),
    ("rustls", &["cli"]),
    ("tokio-tungstenite", &["cli"]),
    ("tower-http", &["server"]),
    ("leptos_axum", &["app", "server"]),
    ("sea-orm", &["store"]),
    ("sea-orm-migration", &["store"]),
    ("rio-vt", &["screen"]),
    ("portable-pty", &["session"]),
    ("web-sys", &["app"]),
    ("gloo-net", &["app"]),
    ("argon2", &["control"]),
    ("lettre", &["control"]),
];

/// Libraries with I/O or a clock, forbidden in pure crates.
const IMPURE: [&str; 5] = ["tokio", "rustix", "nix", "libc", "mio"];

fn workspace() -> BTreeMap<String, Crate> {
    crates().into_iter().map(|it| (it.name.clone(), it)).collect()
}

#[test]
fn dependencies_point_one_way() {
    let workspace = workspace();
    let allowed = BTreeMap::from(DIRECTIONS);
    let mut breaches = Vec::new();
    for (name, it) in workspace.iter().filter(|(name, _)| *name != "bench") {
        let Some(allowed) = allowed.get(name.as_str()) else {
            breaches.push(format!("{name}: add the new crate to DIRECTIONS"));
            continue;
        };
        for dependency in it.dependencies("dependencies") {
            if workspace.contains_key(&dependency) && !allowed.contains(&dependency.as_str()) {
                breaches.push(format!("{name} must not depend on {dependency}"));
            }
        }
    }
    no_breach("Dependencies between crates go one way only (ARCHITECTURE.md).", &breaches);
}

#[test]
fn libraries_are_used_by_their_owners() {
    let mut breaches = Vec::new();
    for (name, it) in workspace().iter().filter(|(name, _)| *name != "bench") {
        for dependency in it.dependencies("dependencies") {
            for (library, owners) in OWNERS {
                if dependency == library && !owners.contains(&name.as_str()) {
                    breaches.push(format!(
                        "{name} must not use {library}, which belongs to {owners:?}"
                    ));
                }
            }
            if ["client", "protocol", "screen"].contains(&name.as_str())
                && IMPURE.contains(&dependency.as_str())
            {
                breaches
                    .push(format!("{name} must be without I/O and clock, but uses {dependency}"));
            }
        }
    }
    no_breach("SQL, HTTP, the PTY, the VT engine and the browser each have one owner.", &breaches);
}

#[test]
fn the_client_depends_on_protocol_and_pure_libraries_alone() {
    let client = &workspace()["client"];
    let dependencies = client.dependencies("dependencies");
    assert_eq!(dependencies, ["chrono", "prost", "protocol", "thiserror"].map(str::to_owned));
}

#[test]
fn the_browser_links_neither_server_nor_engine() {
    let workspace = workspace();
    let app = &workspace["app"].manifest;
    let optional = |name: &str| {
        app["dependencies"][name].get("optional").and_then(toml::Value::as_bool) == Some(true)
    };
    assert!(optional("control") && optional("leptos_axum"), "app links control with `ssr` only");
    let defaults = app["features"].get("default").and_then(toml::Value::as_array);
    assert!(defaults.is_none_or(Vec::is_empty), "app has no default features");

    let frontend = &workspace["frontend"].manifest;
    assert!(
        !frontend.contains_key("dependencies"),
        "frontend's dependencies are for wasm only: otherwise a workspace build makes `hydrate` a feature of the server"
    );
    let features =
        &frontend["target"]["cfg(target_arch = \"wasm32\")"]["dependencies"]["app"]["features"];
    assert_eq!(features.as_array().map(Vec::len), Some(1), "frontend enables `hydrate` only");
    assert_eq!(features[0].as_str(), Some("hydrate"));
}

#[test]
fn every_crate_inherits_from_the_workspace() {
    let mut breaches = Vec::new();
    for (name, it) in workspace() {
        let inherits = |table: Option<&toml::Value>| {
            table.and_then(|it| it.get("workspace")).and_then(toml::Value::as_bool) == Some(true)
        };
        let package = &it.manifest["package"];
        if !inherits(it.manifest.get("lints")) {
            breaches.push(format!("{name}: [lints] workspace = true"));
        }
        for key in ["version", "edition", "rust-version", "license", "publish"] {
            if !inherits(package.get(key)) {
                breaches.push(format!("{name}: {key}.workspace = true"));
            }
        }
        if package.get("description").is_none() {
            breaches.push(format!("{name}: add a description"));
        }
    }
    no_breach(
        "Every crate takes lints, version, edition and licence from the workspace.",
        &breaches,
    );
}

#[test]
fn the_architecture_lists_every_crate() {
    let text = read("ARCHITECTURE.md");
    let missing: Vec<String> = crates()
        .into_iter()
        .filter(|it| !text.contains(&format!("`{}/`", it.folder)))
        .map(|it| it.folder)
        .collect();
    no_breach("The code map of ARCHITECTURE.md lists the folder of every crate.", &missing);
}

#[test]
fn packages_come_from_the_public_registries_only() {
    let lock = read("Cargo.lock");
    let elsewhere: Vec<String> = lock
        .lines()
        .filter(|line| line.starts_with("source = "))
        .filter(|line| !line.contains("\"registry+https://github.com/rust-lang/crates.io-index\""))
        .map(str::to_owned)
        .collect();
    no_breach("Cargo.lock names crates.io and nothing else.", &elsewhere);
    let npm = read("end2end/package-lock.json");
    assert!(npm.contains("\"integrity\""), "package-lock.json pins its packages");
    assert!(!npm.contains("\"resolved\""), "package-lock.json names no registry");
}
