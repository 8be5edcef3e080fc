//! Prices of the units of a plan, such as seats: blocks of units in tiers.

use std::{num::NonZero, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{Currency, ExactAmount, Fee, Money, MoneyError, Name, UnitPrice};

/// The price of one kind of unit: the wire's `unit_prices` entry.
///
/// Units are sold in whole blocks. Blocks are numbered from 1, and a block costs what its tier says. The tiers follow
/// each other without gap, the last may be open, and a free tier never follows one that costs.
///
/// ```
/// use billing_plans::{BlockTier, Currency, Fee, Name, UnitPrices};
///
/// let included = BlockTier { starts_at_block: 1, ends_after_block: Some(1), fee_per_block: Fee::FREE };
/// let further = BlockTier { starts_at_block: 2, ends_after_block: None, fee_per_block: Fee::new(1_000).unwrap() };
/// let seats = UnitPrices::new(Name::new("seats").unwrap(), 1, &[included, further])?;
/// assert_eq!(seats.fee(10, Currency::USD).unwrap().unwrap().amount(), 9_000);
/// # Ok::<_, billing_plans::UnitPricesError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked", into = "Unchecked")]
pub struct UnitPrices {
    name: Name,
    block_size: NonZero<u64>,
    tiers: Arc<[BlockTier]>,
}

/// The price of a range of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockTier {
    /// The first block of the tier; the first of all is 1.
    pub starts_at_block: u64,
    /// The last block of the tier; `None` if there is no last.
    pub ends_after_block: Option<u64>,
    /// What each block of the tier costs.
    pub fee_per_block: Fee,
}

impl UnitPrices {
    /// The price of the units called `name`, sold in blocks of `block_size`.
    ///
    /// # Errors
    /// [`UnitPricesError`], if the blocks are empty or the tiers don't follow each other.
    pub fn new(name: Name, block_size: u64, tiers: &[BlockTier]) -> Result<Self, UnitPricesError> {
        let block_size = NonZero::new(block_size).ok_or(UnitPricesError::BlockSize)?;
        check(tiers)?;
        Ok(Self { name, block_size, tiers: tiers.into() })
    }

    /// What the unit is called.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// How many units a block holds.
    pub fn block_size(&self) -> NonZero<u64> {
        self.block_size
    }

    /// The tiers, in order.
    pub fn tiers(&self) -> &[BlockTier] {
        &self.tiers
    }

    /// What `quantity` units cost: each block at the price of its tier; `None` if the tiers end before.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`], if that is no amount.
    pub fn fee(&self, quantity: u64, currency: Currency) -> Result<Option<Money>, MoneyError> {
        let blocks = quantity.div_ceil(self.block_size.get());
        if self.tiers.last().and_then(|tier| tier.ends_after_block).is_some_and(|last| blocks > last) {
            return Ok(None);
        }
        let sum = self.tiers.iter().try_fold(ExactAmount::ZERO, |sum, tier| sum.plus(tier.fee(blocks)?))?;
        sum.round(currency).map(Some)
    }
}

impl BlockTier {
    /// What those of the first `blocks` blocks cost that lie in this tier.
    fn fee(self, blocks: u64) -> Result<ExactAmount, MoneyError> {
        let before = self.starts_at_block.saturating_sub(1);
        let within = self.ends_after_block.map_or(blocks, |last| blocks.min(last)).saturating_sub(before);
        let per_block = UnitPrice::from_minor_units(self.fee_per_block.amount()).unwrap_or(UnitPrice::FREE);
        per_block.times(within)
    }
}

fn check(tiers: &[BlockTier]) -> Result<(), UnitPricesError> {
    let first = tiers.first().ok_or(UnitPricesError::NoTiers)?;
    if first.starts_at_block != 1 {
        return Err(UnitPricesError::StartsAtBlock);
    }
    if tiers.iter().any(|tier| tier.ends_after_block.is_some_and(|last| last < tier.starts_at_block)) {
        return Err(UnitPricesError::EndsAfterBlock);
    }
    tiers.iter().zip(tiers.iter().skip(1)).try_for_each(|(tier, next)| check_neighbours(tier, next))
}

fn check_neighbours(tier: &BlockTier, next: &BlockTier) -> Result<(), UnitPricesError> {
    let last = tier.ends_after_block.ok_or(UnitPricesError::UnlimitedBeforeLast)?;
    if last.checked_add(1) != Some(next.starts_at_block) {
        return Err(UnitPricesError::GapOrOverlap);
    }
    if next.fee_per_block == Fee::FREE && tier.fee_per_block != Fee::FREE {
        return Err(UnitPricesError::FreeAfterPaid);
    }
    Ok(())
}

/// The same as stored, before it is looked at.
#[derive(Serialize, Deserialize)]
struct Unchecked {
    name: Name,
    block_size: u64,
    tiers: Arc<[BlockTier]>,
}

impl TryFrom<Unchecked> for UnitPrices {
    type Error = UnitPricesError;

    fn try_from(read: Unchecked) -> Result<Self, UnitPricesError> {
        Self::new(read.name, read.block_size, &read.tiers)
    }
}

impl From<UnitPrices> for Unchecked {
    fn from(prices: UnitPrices) -> Self {
        Self { name: prices.name, block_size: prices.block_size.get(), tiers: prices.tiers }
    }
}

/// What is wrong with the price of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnitPricesError {
    /// A block holds no unit.
    #[error("a block holds at least one unit")]
    BlockSize,
    /// There are no tiers.
    #[error("the price of a unit has at least one tier")]
    NoTiers,
    /// The first tier doesn't start at block 1.
    #[error("the first tier starts at block 1")]
    StartsAtBlock,
    /// A tier ends before it starts.
    #[error("a tier can't end before it starts")]
    EndsAfterBlock,
    /// A tier follows one without an end.
    #[error("only the last tier can be without an end")]
    UnlimitedBeforeLast,
    /// A tier doesn't start at the block after the last one of the tier before.
    #[error("the tiers leave a gap, or overlap")]
    GapOrOverlap,
    /// A free tier follows one that costs.
    #[error("a free tier can't follow one that costs")]
    FreeAfterPaid,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tier(starts_at_block: u64, ends_after_block: Option<u64>, fee: i64) -> BlockTier {
        BlockTier { starts_at_block, ends_after_block, fee_per_block: Fee::new(fee).unwrap() }
    }

    fn prices(block_size: u64, tiers: &[BlockTier]) -> Result<UnitPrices, UnitPricesError> {
        UnitPrices::new(Name::new("seats").unwrap(), block_size, tiers)
    }

    #[test]
    fn each_defect_has_its_error() {
        use UnitPricesError as E;
        let cases: &[(u64, &[BlockTier], E)] = &[
            (0, &[tier(1, None, 1)], E::BlockSize),
            (1, &[], E::NoTiers),
            (1, &[tier(0, None, 1)], E::StartsAtBlock),
            (1, &[tier(2, None, 1)], E::StartsAtBlock),
            (1, &[tier(1, Some(0), 1)], E::EndsAfterBlock),
            (1, &[tier(1, Some(5), 1), tier(6, Some(5), 1)], E::EndsAfterBlock),
            (1, &[tier(1, None, 1), tier(2, None, 1)], E::UnlimitedBeforeLast),
            (1, &[tier(1, Some(5), 1), tier(7, None, 1)], E::GapOrOverlap),
            (1, &[tier(1, Some(5), 1), tier(5, None, 1)], E::GapOrOverlap),
            (1, &[tier(1, Some(u64::MAX), 1), tier(5, None, 1)], E::GapOrOverlap),
            (1, &[tier(1, Some(5), 1), tier(6, None, 0)], E::FreeAfterPaid),
        ];
        for (block_size, tiers, error) in cases {
            assert_eq!(prices(*block_size, tiers), Err(*error), "{tiers:?}");
        }
    }

    #[test]
    fn units_are_rounded_up_to_whole_blocks() {
        let prices = prices(10, &[tier(1, Some(2), 0), tier(3, Some(4), 500)]).unwrap();
        let fee = |quantity| prices.fee(quantity, Currency::USD).unwrap().map(Money::amount);
        assert_eq!(fee(0), Some(0));
        assert_eq!(fee(20), Some(0));
        assert_eq!(fee(21), Some(500));
        assert_eq!(fee(40), Some(1_000));
        assert_eq!(fee(41), None);
    }

    #[test]
    fn a_base_fee_and_seats_add_up() {
        let cases = [(0, 500, 1, 500), (0, 500, 10, 5_000), (1, 1_000, 1, 0), (0, 800, 10, 8_000)];
        for (included, fee, members, expected) in cases {
            let tiers = match included {
                0 => vec![tier(1, None, fee)],
                _ => vec![tier(1, Some(included), 0), tier(included + 1, None, fee)],
            };
            let seats = prices(1, &tiers).unwrap().fee(members, Currency::USD).unwrap();
            assert_eq!(seats.unwrap().amount(), expected);
        }
    }

    #[test]
    fn huge_quantities_are_an_error_and_no_panic() {
        let prices = prices(1, &[tier(1, None, i64::MAX)]).unwrap();
        assert_eq!(prices.fee(u64::MAX, Currency::USD), Err(MoneyError::Overflow));
    }

    #[test]
    fn stored_tiers_are_checked_again() {
        let broken = r#"{"name": "seats", "block_size": 1, "tiers": []}"#;
        assert!(serde_json::from_str::<UnitPrices>(broken).is_err());
    }
}
