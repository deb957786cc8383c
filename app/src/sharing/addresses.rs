//! Parses the email addresses that people type and paste. Pure; the server validates again.

/// Splits a list by commas, semicolons, line ends and blanks; accepts `Grace <grace@example.org>`. Returns
/// each address once.
pub fn split(text: &str) -> Vec<String> {
    let parts = text.split([',', ';', '\n', '\r', '\t']).flat_map(|part| {
        match (part.rfind('<'), part.rfind('>')) {
            (Some(from), Some(to)) if from < to => vec![&part[from + 1..to]],
            _ => part.split_whitespace().collect(),
        }
    });
    let mut found: Vec<String> = Vec::new();
    for part in parts.map(str::trim).filter(|it| !it.is_empty()) {
        if !found.iter().any(|it| it.eq_ignore_ascii_case(part)) {
            found.push(part.to_owned());
        }
    }
    found
}

/// Returns whether the text has one `@`, with a name before it and a domain after it.
pub fn could_be(address: &str) -> bool {
    let Some((name, domain)) = address.split_once('@') else { return false };
    let plain = |it: &str| !it.contains(|it: char| it.is_whitespace() || it.is_control());
    !name.is_empty()
        && plain(address)
        && !domain.contains('@')
        && !domain.split('.').any(str::is_empty)
        && address.len() <= 254
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_split_into_addresses() {
        for (text, addresses) in [
            ("", vec![]),
            (" , ;\n", vec![]),
            ("a@x.org", vec!["a@x.org"]),
            (
                "a@x.org, b@x.org;c@x.org\nd@x.org e@x.org",
                vec!["a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org"],
            ),
            (
                "Grace Hopper <grace@x.org>, \"L, T\" <l@x.org>",
                vec!["grace@x.org", "\"L", "l@x.org"],
            ),
            ("a@x.org, A@X.org", vec!["a@x.org"]),
            ("not one", vec!["not", "one"]),
        ] {
            assert_eq!(split(text), addresses, "{text:?}");
        }
    }

    #[test]
    fn invalid_addresses_are_detected() {
        for (address, valid) in [
            ("a@x.org", true),
            ("a+b@localhost", true),
            ("ä@x.org", true),
            ("a", false),
            ("@x.org", false),
            ("a@", false),
            ("a@@x.org", false),
            ("a@x..org", false),
            ("a@x.org.", false),
            ("a b@x.org", false),
        ] {
            assert_eq!(could_be(address), valid, "{address:?}");
        }
    }
}
