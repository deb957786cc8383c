//! What a browser loads before it can show a terminal: wasm and JavaScript as they are sent, in brotli.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use super::Context;
use crate::report::Figure;

/// The row.
pub fn measure(context: &Context) -> Result<Vec<Figure>> {
    let site =
        context.site.as_ref().context("the folder of the built pages is not known: --site")?;
    let folder = site.join("pkg");
    let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let (mut total, mut each) = (0, Vec::new());
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".wasm.br") || name.ends_with(".js.br") {
            let bytes = entry.metadata()?.len();
            total += bytes;
            each.push(format!("{name} {:.1}", as_kb(bytes)));
        }
    }
    ensure!(
        each.iter().any(|name| name.contains(".wasm.br")),
        "there is no precompressed wasm in {}: build with --precompress",
        folder.display()
    );
    each.sort();
    Ok(vec![
        Figure::new("release wasm and JS, brotli", as_kb(total), "KB", 350.0, Some(220.0))
            .beside(format!("KB: {}", each.join(", "))),
    ])
}

#[expect(clippy::cast_precision_loss, reason = "some hundred kilobytes")]
fn as_kb(bytes: u64) -> f64 {
    bytes as f64 / 1000.0
}
