//! Several keys for one use: one signs, all verify.

/// At least one key. The one that signs is number 0, whatever order they were configured in.
pub(super) struct Ring<K> {
    signing: K,
    others: Vec<K>,
}

impl<K> Ring<K> {
    pub(super) const fn new(signing: K, others: Vec<K>) -> Self {
        Self { signing, others }
    }

    /// The key that signs.
    pub(super) const fn signing(&self) -> &K {
        &self.signing
    }

    /// The keys that verify only, to be put in order anew.
    pub(super) const fn others(&mut self) -> &mut Vec<K> {
        &mut self.others
    }

    /// Every key, the one that signs first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &K> {
        std::iter::once(&self.signing).chain(&self.others)
    }

    /// The key of this number.
    pub(super) fn get(&self, number: usize) -> Option<&K> {
        self.iter().nth(number)
    }

    /// The number of the first key for which something holds.
    pub(super) fn position(&self, holds: impl FnMut(&K) -> bool) -> Option<usize> {
        self.iter().position(holds)
    }

    /// A ring of what each key becomes, with the same numbers.
    pub(super) fn map<'a, T>(&'a self, mut make: impl FnMut(&'a K) -> T) -> Ring<T> {
        Ring::new(make(&self.signing), self.others.iter().map(make).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_start_with_the_signing_key_and_survive_mapping() {
        let ring = Ring::new(7, vec![8, 9]).map(|key| key * 2);
        assert_eq!(*ring.signing(), 14);
        assert_eq!(ring.get(2), Some(&18));
        assert_eq!(ring.get(3), None);
        assert_eq!(ring.position(|key| *key == 16), Some(1));
    }
}
