//! Layout inside the crates: no folder too wide to scan, no modules that import each other in a loop.

use std::collections::BTreeMap;

use tidy::{
    File, crates, files,
    modules::{Graph, cycles, graph, joined},
    no_breach,
};

/// Source files that a folder may have.
const WIDEST: usize = 16;

/// Folders whose files follow one schema, one file per item.
const GENERATED: [&str; 1] = ["crates/store/src/migration"];

/// Entities of an ORM name each other, as their tables do.
const ENTITIES: &str = "crates/store/src/entity/";

#[test]
fn folders_can_be_scanned() {
    let mut widths: BTreeMap<String, usize> = BTreeMap::new();
    for file in files(&[".rs", ".ts", ".css"]) {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        *widths.entry(folder).or_default() += 1;
    }
    let wide = widths
        .into_iter()
        .filter(|(folder, files)| *files > WIDEST && !GENERATED.contains(&folder.as_str()));
    let breaches: Vec<String> =
        wide.map(|(folder, files)| format!("{folder}: {files} files")).collect();
    no_breach("A folder has at most 16 source files: group them by concern.", &breaches);
}

/// Folder of a file inside its crate's `src`, one level deep; the file itself at the top.
fn area(path: &str) -> String {
    let (krate, inner) = path.split_once("/src/").unwrap_or(("", path));
    let name = inner.split('/').next().unwrap_or_default();
    format!("{krate}/src/{}", name.trim_end_matches(".rs"))
}

fn graphs() -> Vec<Graph> {
    let all = files(&[".rs"]);
    let mut graphs: Vec<Graph> = crates().iter().map(|it| graph(&all, &it.folder)).collect();
    for graph in &mut graphs {
        graph.retain(|from, _| !from.starts_with(ENTITIES));
    }
    assert!(
        graphs.iter().flatten().map(|(_, to)| to.len()).sum::<usize>() > 500,
        "imports are found"
    );
    graphs
}

#[test]
fn modules_import_one_way() {
    let found: Vec<String> = graphs().iter().flat_map(cycles).collect();
    no_breach("Modules do not import each other in a loop.", &found);
}

#[test]
fn folders_import_one_way() {
    let found: Vec<String> =
        graphs().iter().map(|it| joined(it, area)).flat_map(|it| cycles(&it)).collect();
    no_breach("The folders of a crate have an order: imports between them go one way.", &found);
}

#[test]
fn imports_are_followed_to_the_defining_file() {
    let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
    let files = [
        file("k/src/lib.rs", "mod a;\nmod b;\npub use b::Deep;\npub use a::*;"),
        file("k/src/a.rs", "use crate::{Deep, b};\nuse std::fmt;\npub struct A;"),
        file("k/src/b/mod.rs", "mod c;\npub(crate) use c::Deep;\nfn f(_: c::Deep) {}"),
        file(
            "k/src/b/c.rs",
            "pub struct Deep(super::super::A, crate::A);\nmod tests { use crate::b; }",
        ),
        file("k/src/b/tests.rs", "use crate::a;"),
    ];
    let graph = graph(&files, "k");
    let edges: Vec<String> = graph
        .iter()
        .flat_map(|(from, to)| to.iter().map(move |to| format!("{from} {to}")))
        .collect();
    assert_eq!(
        edges,
        ["k/src/a.rs k/src/b/c.rs", "k/src/a.rs k/src/b/mod.rs", "k/src/b/c.rs k/src/a.rs"]
    );
    assert_eq!(cycles(&graph), ["k/src/a.rs -> k/src/b/c.rs, k/src/b/c.rs -> k/src/a.rs"]);
    let folders = joined(&graph, area);
    assert_eq!(cycles(&folders), ["k/src/a -> k/src/b, k/src/b -> k/src/a"]);
}
