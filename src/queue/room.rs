//! For how many jobs there is room, and for how many of one application.

use std::collections::HashMap;

/// How many jobs asks may make, of all applications and of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Of all together.
    pub capacity: usize,
    /// Of one: fewer only where there are several.
    pub part: usize,
}

/// How many jobs there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Waiting {
    /// Of all applications together.
    pub all: usize,
    /// Of the one in question.
    pub own: usize,
    /// How many others have any.
    pub others: usize,
}

impl Waiting {
    /// How many of these counts by application, which are so many together, are one application's.
    pub fn of(counts: &HashMap<String, usize>, app: &str, all: usize) -> Self {
        let own = counts.get(app).copied();
        Self {
            all,
            own: own.unwrap_or_default(),
            others: counts.len() - usize::from(own.is_some()),
        }
    }
}

impl Room {
    /// Room for one application alone.
    #[must_use]
    pub const fn of_one(capacity: usize) -> Self {
        Self { capacity, part: capacity }
    }

    /// Whether an ask finds room. The last quarter is shared evenly, so that two applications that are
    /// flooded leave a third one room. `put.lua` decides the same.
    pub(super) fn takes(self, waiting: Waiting) -> bool {
        let quarter = self.capacity / 4;
        let shared = self.part < self.capacity && waiting.all >= self.capacity - quarter;
        waiting.all < self.capacity
            && waiting.own < self.part
            && (!shared || waiting.own < (quarter / (waiting.others + 1)).max(1))
    }

    /// Whether so much waits that what nobody asked for had better not wait, too: more than half of all,
    /// and of this application more than its even share of that half.
    pub(super) fn is_crowded(self, waiting: Waiting) -> bool {
        let half = self.capacity / 2;
        waiting.all > half && waiting.own > half / (waiting.others + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Room = Room { capacity: 40, part: 20 };

    const fn waiting(all: usize, own: usize, others: usize) -> Waiting {
        Waiting { all, own, others }
    }

    #[test]
    fn an_application_alone_may_fill_everything() {
        let room = Room::of_one(40);
        assert!(room.takes(waiting(39, 39, 0)) && !room.takes(waiting(40, 40, 0)));
        assert!(Room::of_one(1).takes(waiting(0, 0, 0)));
    }

    #[test]
    fn one_of_several_may_fill_its_part() {
        assert!(ROOM.takes(waiting(19, 19, 0)) && !ROOM.takes(waiting(20, 20, 0)));
        assert!(ROOM.takes(waiting(29, 19, 1)));
    }

    #[test]
    fn the_last_quarter_is_for_those_who_have_little_waiting() {
        assert!(!ROOM.takes(waiting(30, 15, 1)), "one of two that flood");
        assert!(ROOM.takes(waiting(30, 0, 2)) && ROOM.takes(waiting(32, 2, 2)));
        assert!(!ROOM.takes(waiting(33, 3, 2)), "more than a third of the quarter");
        assert!(ROOM.takes(waiting(39, 0, 30)), "whoever has none waiting may have one");
        assert!(!ROOM.takes(waiting(40, 0, 30)), "but for where there is no room at all");
    }

    #[test]
    fn calls_are_given_up_of_whoever_makes_the_crowd_and_of_nobody_else() {
        assert!(!ROOM.is_crowded(waiting(20, 20, 0)), "half of it");
        assert!(ROOM.is_crowded(waiting(21, 21, 0)));
        assert!(ROOM.is_crowded(waiting(24, 20, 1)));
        assert!(!ROOM.is_crowded(waiting(24, 4, 1)), "beside a flood of another");
        assert!(ROOM.is_crowded(waiting(24, 6, 3)), "one of four that all have many");
    }
}
