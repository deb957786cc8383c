//! The import graph of one crate, file by file: an edge leads from a file to each file of the same
//! crate that defines something it imports. Re-exports are followed to the defining file.

use std::collections::{BTreeMap, BTreeSet};

use syn::{
    Item, UseTree,
    visit::{self, Visit},
};

use crate::File;

/// Edges by path of the importing file.
pub type Graph = BTreeMap<String, BTreeSet<String>>;

type Path = Vec<String>;

/// One source file as far as imports are concerned.
#[derive(Default)]
struct Module {
    file: String,
    /// Names of its items.
    defines: BTreeSet<String>,
    /// Paths that the file names, re-exports left out.
    uses: BTreeSet<Path>,
    /// Name under which something is re-exported, and its path. Globs have the name `*`.
    exports: Vec<(String, Path)>,
}

/// Returns the graph of the crate in `folder`, tests left out.
#[must_use]
pub fn graph(files: &[File], folder: &str) -> Graph {
    let prefix = format!("{folder}/src/");
    let product = files.iter().filter(|it| it.path.starts_with(&prefix) && !it.is_test());
    let modules: BTreeMap<Path, Module> = product
        .filter_map(|file| {
            let inner = file.path.strip_prefix(&prefix)?.strip_suffix(".rs")?;
            let mut path: Path = inner.split('/').map(str::to_owned).collect();
            path.pop_if(|last| ["mod", "lib", "main"].contains(&last.as_str()));
            let mut module = Module { file: file.path.clone(), ..Module::default() };
            module.visit_file(&syn::parse_file(&file.text).ok()?);
            Some((path, module))
        })
        .collect();
    let edges = modules.iter().map(|(path, module)| {
        let targets = module.uses.iter().filter_map(|used| resolve(&modules, path, used, 0));
        (module.file.clone(), targets.filter(|target| *target != module.file).collect())
    });
    edges.collect()
}

/// Returns the file that defines what `used`, written in the module `from`, leads to; none for other
/// crates.
fn resolve(
    modules: &BTreeMap<Path, Module>,
    from: &[String],
    used: &[String],
    depth: u8,
) -> Option<String> {
    let (first, mut rest) = used.split_first()?;
    let mut at: Path = match first.as_str() {
        "crate" => Path::new(),
        "self" => from.to_vec(),
        "super" => from.split_last()?.1.to_vec(),
        child => {
            let path = [from, &[child.to_owned()]].concat();
            modules.contains_key(&path).then_some(path)?
        }
    };
    while let Some((name, tail)) = rest.split_first() {
        if name == "super" {
            at.pop()?;
        } else {
            at.push(name.clone());
            if !modules.contains_key(&at) {
                at.pop();
                return define(modules, &at, name, depth);
            }
        }
        rest = tail;
    }
    Some(modules.get(&at)?.file.clone())
}

/// Returns the file that defines `name`, which the module `at` defines or re-exports.
fn define(
    modules: &BTreeMap<Path, Module>,
    at: &[String],
    name: &str,
    depth: u8,
) -> Option<String> {
    let module = modules.get(at)?;
    let named = module.exports.iter().filter(|(exported, _)| exported == name);
    let globs = module.exports.iter().filter(|(exported, _)| exported == "*");
    let paths = named
        .map(|(_, path)| path.clone())
        .chain(globs.map(|(_, path)| [path.as_slice(), &[name.to_owned()]].concat()));
    let mut followed = paths.filter(|_| depth < 8 && !module.defines.contains(name));
    followed
        .find_map(|path| resolve(modules, at, &path, depth + 1))
        .or_else(|| (depth == 0 || module.defines.contains(name)).then(|| module.file.clone()))
}

impl Module {
    fn add(&mut self, tree: &UseTree, at: &mut Path, public: bool) {
        match tree {
            UseTree::Path(it) => {
                at.push(it.ident.to_string());
                self.add(&it.tree, at, public);
                at.pop();
            }
            UseTree::Group(it) => it.items.iter().for_each(|tree| self.add(tree, at, public)),
            UseTree::Name(it) => self.end(at, &it.ident.to_string(), &it.ident.to_string(), public),
            UseTree::Rename(it) => {
                self.end(at, &it.ident.to_string(), &it.rename.to_string(), public);
            }
            UseTree::Glob(_) if public => self.exports.push(("*".to_owned(), at.clone())),
            UseTree::Glob(_) => drop(self.uses.insert(at.clone())),
        }
    }

    fn end(&mut self, at: &[String], name: &str, as_name: &str, public: bool) {
        let mut path = at.to_vec();
        path.extend((name != "self").then(|| name.to_owned()));
        if public {
            self.exports.push((as_name.to_owned(), path));
        } else {
            self.uses.insert(path);
        }
    }
}

impl<'a> Visit<'a> for Module {
    fn visit_item_use(&mut self, it: &'a syn::ItemUse) {
        let public = !matches!(it.vis, syn::Visibility::Inherited);
        self.add(&it.tree, &mut Path::new(), public);
    }

    fn visit_path(&mut self, it: &'a syn::Path) {
        let names: Path = it.segments.iter().map(|it| it.ident.to_string()).collect();
        if names.len() > 1 && ["crate", "self", "super"].contains(&names[0].as_str()) {
            self.uses.insert(names);
        }
        visit::visit_path(self, it);
    }

    fn visit_item(&mut self, it: &'a Item) {
        let name = match it {
            Item::Const(it) => Some(&it.ident),
            Item::Enum(it) => Some(&it.ident),
            Item::Fn(it) => Some(&it.sig.ident),
            Item::Static(it) => Some(&it.ident),
            Item::Struct(it) => Some(&it.ident),
            Item::Trait(it) => Some(&it.ident),
            Item::Type(it) => Some(&it.ident),
            _ => None,
        };
        self.defines.extend(name.map(ToString::to_string));
        // Inline modules are tests here.
        if !matches!(it, Item::Mod(_)) {
            visit::visit_item(self, it);
        }
    }

    fn visit_visibility(&mut self, _: &'a syn::Visibility) {}
}

/// Returns the groups of nodes that reach each other, each as one line.
#[must_use]
pub fn cycles(graph: &Graph) -> Vec<String> {
    let reach: BTreeMap<&String, BTreeSet<&String>> =
        graph.keys().map(|from| (from, reachable(graph, from))).collect();
    let mut groups = BTreeSet::new();
    for (from, to) in &reach {
        if to.contains(from) {
            let group: BTreeSet<&String> = to
                .iter()
                .copied()
                .filter(|it| reach.get(it).is_some_and(|back| back.contains(from)))
                .collect();
            groups.insert(group);
        }
    }
    let lines = groups.into_iter().map(|group| {
        let edges = group.iter().flat_map(|from| {
            let to = graph[*from].iter().filter(|to| group.contains(to));
            to.map(move |to| format!("{from} -> {to}"))
        });
        edges.collect::<Vec<_>>().join(", ")
    });
    lines.collect()
}

fn reachable<'a>(graph: &'a Graph, from: &String) -> BTreeSet<&'a String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&String> = graph.get(from).into_iter().flatten().collect();
    while let Some(next) = open.pop() {
        if found.insert(next) {
            open.extend(graph.get(next).into_iter().flatten());
        }
    }
    found
}

/// Returns the graph with the nodes joined by `name`, edges within a joined node left out.
#[must_use]
pub fn joined(graph: &Graph, name: impl Fn(&str) -> String) -> Graph {
    let mut found = Graph::new();
    for (from, targets) in graph {
        let from = name(from);
        let targets = targets.iter().map(|to| name(to)).filter(|to| *to != from);
        found.entry(from.clone()).or_default().extend(targets);
    }
    found
}
