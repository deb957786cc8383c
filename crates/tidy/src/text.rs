//! Comments and string literals of source files, for the language rules. It does not contain rules.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

use crate::File;

/// A comment or a string literal.
#[derive(Clone, Debug)]
pub struct Text {
    /// Line on which it starts, counted from 1.
    pub line: usize,
    /// Content without comment markers; the lines of one comment are joined by a space.
    pub text: String,
}

/// Markers that start a comment line, longest first.
fn markers(path: &str) -> &'static [&'static str] {
    match path.rsplit('.').next() {
        Some("rs" | "ts" | "mjs" | "proto") => &["//!", "///", "//", "/**", "*/", "* ", "/*"],
        Some("css") => &["/*", "*/", "* "],
        Some("md") => &[],
        _ => &["#"],
    }
}

/// Returns the comments of a file. Consecutive lines with the same marker are one comment; comments
/// that follow code on its line are left out.
#[must_use]
pub fn comments(file: &File) -> Vec<Text> {
    let markers = markers(&file.path);
    let mut found: Vec<Text> = Vec::new();
    let mut open: Option<&str> = None;
    for (line, text) in file.numbered() {
        let text = text.trim();
        let start = markers.iter().find_map(|it| Some((*it, text.strip_prefix(it)?)));
        let Some((marker, rest)) =
            start.filter(|_| !text.starts_with("#!") && !text.starts_with("#["))
        else {
            open = None;
            continue;
        };
        let rest = rest.trim().trim_end_matches("*/").trim_end();
        match found.last_mut().filter(|_| open == Some(marker)) {
            Some(last) => last.text = format!("{} {rest}", last.text),
            None => found.push(Text { line, text: rest.to_owned() }),
        }
        open = Some(marker);
    }
    found
}

/// Returns the string literals of a Rust file outside attributes and tests, macro arguments included.
///
/// Doc comments of items that derive `ToSchema`, `Parser`, `Args` or the like are user-visible too, but
/// are comments here.
#[must_use]
pub fn strings(file: &File) -> Vec<Text> {
    let mut found = Strings::default();
    if let (false, Ok(parsed)) = (file.is_test(), syn::parse_file(&file.text)) {
        found.visit_file(&parsed);
    }
    found.0
}

#[derive(Default)]
struct Strings(Vec<Text>);

impl Strings {
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                        let line = literal.span().start().line;
                        self.0.push(Text { line, text: text.value() });
                    }
                }
                _ => {}
            }
        }
    }
}

impl<'a> Visit<'a> for Strings {
    fn visit_lit_str(&mut self, literal: &'a syn::LitStr) {
        self.0.push(Text { line: literal.span().start().line, text: literal.value() });
    }

    fn visit_macro(&mut self, it: &'a syn::Macro) {
        self.tokens(it.tokens.clone());
    }

    fn visit_attribute(&mut self, _: &'a syn::Attribute) {}

    fn visit_item_mod(&mut self, it: &'a syn::ItemMod) {
        if it.ident != "tests" {
            visit::visit_item_mod(self, it);
        }
    }
}
