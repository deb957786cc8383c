//! Reads the working tree for the tests of conventions: text files, manifests, and the split of Rust
//! files into product code and tests. It contains no rule itself.

pub mod modules;
pub mod text;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders with generated or installed files.
const SKIPPED: [&str; 7] =
    ["target", "node_modules", "data", ".git", ".output", "test-results", "playwright-report"];

/// A text file of the project.
#[derive(Clone, Debug)]
pub struct File {
    /// Path from the root of the project, with `/`.
    pub path: String,
    /// Content.
    pub text: String,
}

impl File {
    /// Returns true if the whole file is test code.
    #[must_use]
    pub fn is_test(&self) -> bool {
        let parts: Vec<&str> = self.path.split('/').collect();
        parts.iter().any(|part| ["tests", "end2end", "fuzz"].contains(part))
            || parts.last().is_some_and(|name| *name == "tests.rs" || name.ends_with("_tests.rs"))
    }

    /// Lines of product code, without comments and without the test module at the end.
    pub fn product(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = if self.is_test() { 0 } else { usize::MAX };
        self.numbered()
            .take(end)
            .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Lines of test code.
    pub fn tests(&self) -> impl Iterator<Item = (usize, &str)> {
        let whole = self.is_test();
        self.numbered().skip_while(move |(_, line)| !whole && line.trim() != "#[cfg(test)]")
    }

    /// All lines, numbered from 1.
    pub fn numbered(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| (at + 1, line))
    }
}

/// Returns the root folder of the project. Relative, because tests run in the folder of their package: a
/// path from the build would name another clone if both share their build output.
#[must_use]
pub fn root() -> PathBuf {
    PathBuf::from("../..")
}

/// Returns every text file of the project whose name has one of these endings.
#[must_use]
pub fn files(endings: &[&str]) -> Vec<File> {
    let mut found = Vec::new();
    walk(&root(), "", endings, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn walk(folder: &Path, prefix: &str, endings: &[&str], found: &mut Vec<File>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && !SKIPPED.contains(&name.as_str()) {
            walk(&entry.path(), &path, endings, found);
        } else if kind.is_file()
            && endings.iter().any(|ending| name.ends_with(ending))
            && let Ok(text) = fs::read_to_string(entry.path())
        {
            found.push(File { path, text });
        }
    }
}

/// Returns the content of a file by its path from the root; empty if there is none.
#[must_use]
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_default()
}

/// A crate of the workspace.
#[derive(Clone, Debug)]
pub struct Crate {
    /// Package name.
    pub name: String,
    /// Folder, from the root.
    pub folder: String,
    /// Parsed manifest.
    pub manifest: toml::Table,
}

impl Crate {
    /// Names of the dependencies of one kind (`dependencies`, `dev-dependencies`), including those
    /// of single targets.
    #[must_use]
    pub fn dependencies(&self, kind: &str) -> Vec<String> {
        let for_targets = self.manifest.get("target").and_then(toml::Value::as_table);
        let tables = for_targets
            .into_iter()
            .flat_map(|targets| targets.values())
            .filter_map(toml::Value::as_table)
            .chain([&self.manifest]);
        tables
            .filter_map(|table| table.get(kind)?.as_table())
            .flat_map(|table| table.keys().cloned())
            .collect()
    }
}

/// Returns the crates of the workspace.
#[must_use]
pub fn crates() -> Vec<Crate> {
    files(&["Cargo.toml"])
        .into_iter()
        .filter_map(|file| {
            let folder = file.path.strip_suffix("/Cargo.toml")?.to_owned();
            let manifest: toml::Table = file.text.parse().ok()?;
            let name = manifest.get("package")?.get("name")?.as_str()?.to_owned();
            Some(Crate { name, folder, manifest })
        })
        .collect()
}

/// Asserts that a rule has no breaches.
///
/// # Panics
/// If there is a breach; the message lists all of them.
#[expect(clippy::panic, reason = "the assertion of the tests in this crate")]
pub fn no_breach(rule: &str, breaches: &[String]) {
    if !breaches.is_empty() {
        panic!("{rule}\n  {}\n", breaches.join("\n  "));
    }
}
