//! The URL prefix of the built client files, which differs for each build.

use std::{
    fs,
    hash::{DefaultHasher, Hasher},
    path::Path,
};

/// Beginning of every build's URL prefix.
pub const PREFIX: &str = "/build-";

/// Returns the URL prefix of the files in `site`. The client loads its chunks on demand, and chunks of
/// two builds do not fit together. A page left open during an update gets 404 for the old prefix.
pub fn build_path(site: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    let files = fs::read_dir(site.join("pkg")).into_iter().flatten().flatten();
    let mut files: Vec<_> = files.map(|file| file.path()).collect();
    files.sort();
    for file in files {
        if file.extension().is_some_and(|it| it == "wasm" || it == "js") {
            hasher.write(&fs::read(&file).unwrap_or_default());
        }
    }
    format!("{PREFIX}{:016x}", hasher.finish())
}
