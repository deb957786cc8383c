//! Size of the wasm and JavaScript that a browser loads for a terminal, the list of sessions, or another
//! page, compressed with brotli. Each has its own limit; dialogs that load on demand are not counted.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, Result, ensure};

use super::Context;
use crate::report::Figure;

/// Manifest of the files of each chunk, written by the build of the pages.
const CHUNKS: &str = "__wasm_split_manifest.json";

/// Files that every page loads.
const ALWAYS: [&str; 3] = ["websh.wasm", "websh.js", "__wasm_split.______________________.js"];

pub fn measure(context: &Context) -> Result<Vec<Figure>> {
    let site =
        context.site.as_ref().context("the folder of the built pages is missing: use --site")?;
    let folder = site.join("pkg");
    let parts = folder.join(CHUNKS);
    let parts = fs::read(&parts).with_context(|| parts.display().to_string())?;
    let parts: BTreeMap<String, Vec<String>> = serde_json::from_slice(&parts)?;
    let always = size(&folder, ALWAYS)?;
    let mut sizes = BTreeMap::new();
    for (part, files) in &parts {
        sizes.insert(part.as_str(), size(&folder, files.iter().map(|it| format!("{it}.wasm")))?);
    }
    let figure = |what: &str, part: &str| {
        let bytes =
            always + sizes.get(part).with_context(|| format!("there is no chunk {part}"))?;
        anyhow::Ok(Figure::new(what, as_kb(bytes), "KB", 350.0, Some(220.0)))
    };
    let all = always + size(&folder, every_file(&parts))?;
    let each = sizes.iter().map(|(part, bytes)| format!("{part} {:.1}", as_kb(always + bytes)));
    let each = each.collect::<Vec<_>>().join(", ");
    Ok(vec![
        figure("wasm and JS of a terminal's page, brotli", "terminal")?,
        figure("wasm and JS of the list of sessions, brotli", "list")?.beside(format!(
            "KB that the pages of each chunk load: {each}; all chunks {:.1}",
            as_kb(all)
        )),
        figure("wasm and JS of all other pages, brotli", "rest")?,
    ])
}

/// Files of all chunks, each once.
fn every_file(parts: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let files: BTreeSet<&String> = parts.values().flatten().collect();
    files.into_iter().map(|it| format!("{it}.wasm")).collect()
}

/// Compressed size of files in bytes.
fn size(folder: &Path, files: impl IntoIterator<Item = impl AsRef<str>>) -> Result<u64> {
    let mut bytes = 0;
    for file in files {
        let path = folder.join(format!("{}.br", file.as_ref()));
        let sent = fs::metadata(&path)
            .with_context(|| format!("{}: build with --precompress --split", path.display()))?;
        ensure!(sent.len() > 0, "{} is empty", path.display());
        bytes += sent.len();
    }
    Ok(bytes)
}

fn as_kb(bytes: u64) -> f64 {
    bytes as f64 / 1000.0
}
