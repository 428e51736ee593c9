//! A set of line numbers: one bit a line.

/// A set of line numbers that takes an eighth of a byte for each line up to the last member.
#[derive(Default)]
pub(super) struct LineSet {
    words: Vec<u64>,
}

impl LineSet {
    /// Adds a line. Returns whether it is new.
    pub(super) fn insert(&mut self, line: u64) -> bool {
        let (place, bit) = Self::position(line);
        if place >= self.words.len() {
            self.words.resize(place + 1, 0);
        }
        let Some(word) = self.words.get_mut(place) else {
            return false;
        };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    pub(super) fn contains(&self, line: u64) -> bool {
        let (place, bit) = Self::position(line);
        self.words.get(place).is_some_and(|word| word & bit != 0)
    }

    fn position(line: u64) -> (usize, u64) {
        (
            usize::try_from(line / 64).unwrap_or(usize::MAX - 1),
            1 << (line % 64),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_new_once() {
        let mut set = LineSet::default();
        for (line, is_new) in [
            (1, true),
            (64, true),
            (1, false),
            (1_000_000, true),
            (63, true),
        ] {
            assert_eq!(set.insert(line), is_new, "{line}");
        }
        assert!(set.contains(63) && set.contains(64) && set.contains(1_000_000));
        assert!(!set.contains(0) && !set.contains(2) && !set.contains(2_000_000));
    }
}
