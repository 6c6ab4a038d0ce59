//! How well two lots of times can be told apart.

/// The probability that a time of `lot` is the longer one of a pair, where half counts for a tie: 0.5
/// where nobody can tell them apart, 0 or 1 where everybody can (Mann and Whitney's U over all pairs).
pub fn auc(lot: &[u64], others: &[u64]) -> f64 {
    let mut all: Vec<_> = lot.iter().map(|time| (*time, true)).collect();
    all.extend(others.iter().map(|time| (*time, false)));
    all.sort_unstable();
    let (mut shorter, mut twice_u) = (0, 0_u64);
    for tied in all.chunk_by(|one, other| one.0 == other.0) {
        let ours = tied.iter().filter(|(_, ours)| *ours).count() as u64;
        let theirs = tied.len() as u64 - ours;
        twice_u += ours * (2 * shorter + theirs);
        shorter += theirs;
    }
    let pairs = lot.len() * others.len();
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let share = twice_u as f64 / (2 * pairs) as f64;
    share
}

/// The time in the middle.
pub fn median(times: &[u64]) -> u64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2]
}

#[test]
fn the_share_of_pairs_is_that_of_counting_them_one_by_one() {
    for (lot, others, share) in [
        (&[1, 2, 3][..], &[1, 2, 3][..], 0.5),
        (&[4, 5], &[1, 2, 3], 1.0),
        (&[0], &[1, 2, 3], 0.0),
        (&[2], &[1, 2, 3, 4], 0.375),
        (&[7, 7, 1], &[7, 1], 0.583_333),
    ] {
        assert!((auc(lot, others) - share).abs() < 1e-5, "{lot:?} {others:?}");
    }
}
