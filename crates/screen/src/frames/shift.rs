//! Detects by how many lines, and between which rows, a screen scrolled. Pure: hashes in, a move out.

use std::collections::HashMap;

use protocol::mirror;

/// Move of rows `top..bottom` up by `lines`, or down if negative. Inserted rows are blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// First row of the region.
    pub top: usize,
    /// Row after the last one.
    pub bottom: usize,
    /// Lines up.
    pub lines: isize,
}

impl Shift {
    /// Moves the rows of a screen and inserts `blank` ones.
    pub fn apply<T>(self, rows: &mut [T], blank: impl FnMut() -> T) {
        if let Some(region) = rows.get_mut(self.top..self.bottom) {
            mirror::shift(region, self.lines, blank);
        }
    }
}

/// Returns the move that leaves the fewest rows to send, if it improves on no move. Rows are given as
/// hashes of their content; `blank` is the hash of a blank row.
pub fn find(old: &[u64], new: &[u64], blank: u64) -> Option<Shift> {
    let differing = |from: &[u64]| from.iter().zip(new).filter(|(a, b)| a != b).count();
    let unmoved = differing(old);
    if unmoved < 2 || old.len() != new.len() {
        return None;
    }
    let by = votes(old, new, blank)?;
    let shift = region(old, new, by)?;
    let mut moved = old.to_vec();
    shift.apply(&mut moved, || blank);
    (differing(&moved) < unmoved).then_some(shift)
}

/// Returns the most common distance that changed rows with unique previous content moved up.
fn votes(old: &[u64], new: &[u64], blank: u64) -> Option<isize> {
    let mut positions: HashMap<u64, Option<usize>> = HashMap::with_capacity(old.len());
    for (at, &hash) in old.iter().enumerate() {
        positions.entry(hash).and_modify(|position| *position = None).or_insert(Some(at));
    }
    let mut votes: HashMap<isize, usize> = HashMap::new();
    for (at, (&hash, _)) in new.iter().zip(old).enumerate().filter(|(_, (new, old))| new != old) {
        if hash == blank {
            continue;
        }
        if let Some(&Some(position)) = positions.get(&hash) {
            *votes.entry(position as isize - at as isize).or_default() += 1;
        }
    }
    votes.into_iter().max_by_key(|&(by, count)| (count, -by.abs(), by)).map(|(by, _)| by)
}

/// Returns the run of rows that benefits most from a move of `by` (Kadane's maximum subarray).
fn region(old: &[u64], new: &[u64], by: isize) -> Option<Shift> {
    let (mut best, mut found) = (0i64, None);
    let (mut sum, mut start) = (0i64, 0);
    for at in 0..new.len() {
        let source = at.checked_add_signed(by).and_then(|source| old.get(source));
        let (Some(source), Some(old), Some(new)) = (source, old.get(at), new.get(at)) else {
            (sum, start) = (0, at + 1);
            continue;
        };
        sum += match (source == new, old == new) {
            (true, false) => 1,
            (false, true) => -1,
            _ => 0,
        };
        if sum <= 0 {
            (sum, start) = (0, at + 1);
        } else if sum > best {
            best = sum;
            found = Some((start, at + 1));
        }
    }
    let (first, end) = found?;
    let lines = by.unsigned_abs();
    let (top, bottom) = if by > 0 { (first, end + lines) } else { (first - lines, end) };
    Some(Shift { top, bottom, lines: by })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_are_found() {
        for (name, old, new, expected) in [
            ("one line up", vec![1, 2, 3, 4], vec![2, 3, 4, 9], Some((0, 4, 1))),
            ("one line down", vec![1, 2, 3, 4], vec![9, 1, 2, 3], Some((0, 4, -1))),
            ("a region up", vec![1, 2, 3, 4, 5, 6], vec![1, 3, 4, 9, 5, 6], Some((1, 4, 1))),
            ("above a fixed line", vec![1, 2, 3, 4, 7], vec![3, 4, 8, 9, 7], Some((0, 4, 2))),
            ("with a change inside", vec![1, 2, 3, 4, 5], vec![2, 3, 9, 5, 0], Some((0, 5, 1))),
            ("nothing", vec![1, 2, 3], vec![1, 2, 3], None),
            ("all new", vec![1, 2, 3], vec![4, 5, 6], None),
            ("a typed line", vec![1, 2, 0], vec![1, 7, 0], None),
            ("blank rows do not vote", vec![1, 0, 0, 0], vec![0, 0, 5, 0], None),
        ] {
            let found = find(&old, &new, 0).map(|shift| (shift.top, shift.bottom, shift.lines));
            assert_eq!(found, expected, "{name}");
        }
    }
}
