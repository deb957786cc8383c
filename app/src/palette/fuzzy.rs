//! Fuzzy search: a line matches if it has all typed letters in order, better at the beginnings of words or
//! side by side. Pure: the conversion to lower case is a parameter, because browsers have the Unicode tables.

/// Converts text to lower case.
pub type Lower = fn(&str) -> String;

/// Score of `line`, higher is better; none if a letter is missing. No letters match every line.
pub fn score(typed: &str, line: &str, lower: Lower) -> Option<i32> {
    let typed: Vec<char> = lower(typed).split_whitespace().flat_map(str::chars).collect();
    let line: Vec<char> = lower(line).chars().collect();
    // Tries each occurrence of the first letter; the others are taken at their first occurrence.
    let Some(first) = typed.first() else { return Some(0) };
    let starts = line.iter().enumerate().filter(|(_, it)| *it == first).map(|(at, _)| at);
    starts.filter_map(|start| from(&typed, &line, start)).max()
}

fn from(typed: &[char], line: &[char], start: usize) -> Option<i32> {
    let mut score = 0;
    let mut at = start;
    let mut last = None;
    for letter in typed {
        let found = at + line.get(at..)?.iter().position(|it| it == letter)?;
        let begins = found == 0 || line.get(found - 1).is_some_and(|it| !it.is_alphanumeric());
        score += match last {
            Some(last) if found == last + 1 => 8,
            _ if begins => 6,
            _ => 1,
        };
        if let Some(last) = last {
            score -= i32::try_from(found - last - 1).unwrap_or(9).min(3);
        }
        last = Some(found);
        at = found + 1;
    }
    // Short lines win over long ones.
    Some(score * 4 - i32::try_from(line.len()).unwrap_or(i32::MAX).min(100) / 4)
}

/// Indexes of the matching lines, best first; equal ones in order.
pub fn rank<'a>(typed: &str, lines: impl IntoIterator<Item = &'a str>, lower: Lower) -> Vec<usize> {
    let lines = lines.into_iter().enumerate();
    if typed.trim().is_empty() {
        return lines.map(|(at, _)| at).collect();
    }
    let mut scored: Vec<(i32, usize)> =
        lines.filter_map(|(at, line)| Some((score(typed, line, lower)?, at))).collect();
    scored.sort_unstable_by_key(|(score, at)| (-score, *at));
    scored.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_matching_lines() {
        let lines = ["New session", "Sign out", "Open build-7", "Open sensor node", "Theme: dark"];
        for (typed, expected) in [
            ("", vec![0, 1, 2, 3, 4]),
            ("new", vec![0]),
            ("ns", vec![0, 3]),
            ("sign", vec![1]),
            ("OPEN S", vec![3]),
            ("b7", vec![2]),
            ("dark", vec![4]),
            ("xyz", vec![]),
        ] {
            assert_eq!(rank(typed, lines, str::to_lowercase), expected, "{typed}");
        }
    }

    #[test]
    fn adjacent_letters_score_higher() {
        let score = |typed, line| score(typed, line, str::to_lowercase);
        assert!(score("prod", "prod-web") > score("prod", "pr old"));
        assert!(score("web", "prod-web") > score("web", "prod-wide-bus"));
        assert!(score("日本", "日本語").is_some());
        assert_eq!(score("élan", "ÉLAN"), score("élan", "élan"));
        assert_eq!(score("z", ""), None);
    }
}
