//! Which rows are equal, and in what order do the distinct ones stand?

use std::collections::BTreeMap;

/// Numbers from 0 up, told by their bits, which have the order of the numbers.
pub(super) trait Bits: Ord + Copy {
    /// Both halves of a product depend on all bits of both factors.
    fn hash(self) -> u64;
}

impl Bits for u64 {
    fn hash(self) -> u64 {
        fold(self ^ ODD[0], ODD[1])
    }
}

impl Bits for u128 {
    fn hash(self) -> u64 {
        fold((self as u64) ^ ODD[0], ((self >> 64) as u64) ^ ODD[1])
    }
}

const ODD: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f];

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// Adding 0 makes -0 the same as 0.
pub(super) fn bits_of(number: f64) -> u64 {
    (number + 0.0).to_bits()
}

/// Hands rows over by rising count and numbers, each with its weight; equal ones come one after another, some already joined.
///
/// The same whatever the order of the rows. `row_of` leaves rows out; no `weights` means that each row weighs 1, and
/// then rows that repeat are counted before they are sorted.
pub(super) fn in_order<T: Bits>(
    rows: usize,
    row_of: impl Fn(usize) -> Option<(u32, T)>,
    weights: &[f64],
    mut take: impl FnMut((u32, T), f64),
) {
    if weights.is_empty() {
        by_count((0..rows).filter_map(&row_of), |count, mut rows| {
            if let Some(mut counted) = count_equal(&rows) {
                counted.sort_unstable();
                for (row, times) in counted {
                    take((count, row), f64::from(times));
                }
                return;
            }
            rows.sort_unstable();
            for row in rows {
                take((count, row), 1.0);
            }
        });
        return;
    }
    let weighed = |i: usize| row_of(i).map(|(count, row)| (count, (row, weights[i].to_bits())));
    by_count((0..rows).filter_map(weighed), |count, mut rows| {
        rows.sort_unstable();
        for (row, weight) in rows {
            take((count, row), f64::from_bits(weight));
        }
    });
}

/// The distinct rows and how often each occurs; `None` when so few repeat that sorting them all is cheaper.
fn count_equal<T: Bits>(rows: &[T]) -> Option<Vec<(T, u32)>> {
    const FIRST_PLACES: usize = 1 << 12;
    if u32::try_from(rows.len()).is_err() || rows.len() < 16 {
        return None;
    }
    let mut counted: Vec<(T, u32)> = Vec::new();
    // Place of a row in `counted` plus 1; 0 is free.
    let mut places = vec![0_u32; FIRST_PLACES.min(4 * rows.len().next_power_of_two())];
    for (i, row) in rows.iter().enumerate() {
        if 2 * counted.len() >= places.len() {
            if 4 * counted.len() > 3 * i {
                return None;
            }
            places = spread(&counted, 4 * places.len());
        }
        let mut at = first_place(*row, places.len());
        loop {
            match places[at] {
                0 => {
                    counted.push((*row, 1));
                    places[at] = counted.len() as u32;
                    break;
                }
                taken => {
                    let (other, times) = &mut counted[taken as usize - 1];
                    if other == row {
                        *times += 1;
                        break;
                    }
                }
            }
            at = (at + 1) & (places.len() - 1);
        }
    }
    Some(counted)
}

fn first_place<T: Bits>(row: T, places: usize) -> usize {
    (row.hash() >> (u64::BITS - places.trailing_zeros())) as usize
}

fn spread<T: Bits>(counted: &[(T, u32)], size: usize) -> Vec<u32> {
    let mut places = vec![0_u32; size];
    for (i, (row, _)) in (1..).zip(counted) {
        let mut at = first_place(*row, size);
        while places[at] != 0 {
            at = (at + 1) & (size - 1);
        }
        places[at] = i;
    }
    places
}

/// Counts below this have a place of their own.
const USUAL: usize = 256;

/// Parts rows by rising count: many short sorts of narrow rows cost less than one long sort of wide ones.
fn by_count<T>(rows: impl Iterator<Item = (u32, T)> + Clone, mut take: impl FnMut(u32, Vec<T>)) {
    let mut room = [0_usize; USUAL];
    for (count, _) in rows.clone() {
        if let Some(room) = room.get_mut(count as usize) {
            *room += 1;
        }
    }
    let mut usual: Vec<Vec<T>> = room.iter().map(|room| Vec::with_capacity(*room)).collect();
    let mut rare: BTreeMap<u32, Vec<T>> = BTreeMap::new();
    for (count, row) in rows {
        match usual.get_mut(count as usize) {
            Some(place) => place.push(row),
            None => rare.entry(count).or_default().push(row),
        }
    }
    for (count, rows) in (0..).zip(usual).chain(rare) {
        take(count, rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined<T: Bits>(rows: &[(u32, T)], weights: &[f64]) -> Vec<((u32, T), f64)> {
        let mut all: Vec<((u32, T), f64)> = Vec::new();
        in_order(
            rows.len(),
            |i| Some(rows[i]),
            weights,
            |row, weight| match all.last_mut() {
                Some(last) if last.0 == row => last.1 += weight,
                _ => all.push((row, weight)),
            },
        );
        all
    }

    /// Rows of which `distinct` differ, in an order that jumps.
    fn jumping(rows: usize, distinct: usize) -> Vec<(u32, u64)> {
        let row = |k: usize| ((k % 300 / 100 * 200) as u32, bits_of(k as f64 / 7.0));
        (0..rows).map(|i| row((i * 7919) % distinct)).collect()
    }

    #[test]
    fn counted_sorted_and_weighted_rows_join_alike() {
        for (rows, distinct) in [(1_000, 90), (90_000, 20_011), (40_000, 40_000)] {
            let rows = jumping(rows, distinct);
            let plain = joined(&rows, &[]);
            assert_eq!(plain.len(), distinct);
            assert_eq!(plain, joined(&rows, &vec![1.0; rows.len()]));
            assert!(plain.is_sorted_by(|a, b| a.0 < b.0));
            let turned: Vec<(u32, u64)> = rows.iter().rev().copied().collect();
            assert_eq!(plain, joined(&turned, &[]));
            let wide = |(count, row): &(u32, u64)| (*count, u128::from(*row) << 64 | 5);
            let wide: Vec<(u32, u128)> = rows.iter().map(wide).collect();
            assert_eq!(joined(&wide, &[]).len(), distinct);
        }
    }

    #[test]
    fn rows_hardly_repeated_are_not_counted() {
        let of = |times: u64| {
            let rows: Vec<u64> = (0..40_000).map(|i| i / times).collect();
            count_equal(&rows).map(|counted| counted.len())
        };
        assert_eq!(of(1), None);
        assert_eq!(of(4), Some(10_000));
    }

    #[test]
    fn zero_has_one_sign() {
        assert_eq!(bits_of(-0.0), bits_of(0.0));
    }
}
