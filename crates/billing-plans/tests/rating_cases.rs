//! Prices of quantities, as other billing systems document them, and against exact decimals.

use billing_plans::{
    Currency, MeterName, RateCard, Tier, Tiers, TiersError, UnitPrice, UsagePrice, UsageTotals, ZeroUsage,
};
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::Deserialize;

/// A case: prices and the expected amount are decimals in major units of USD.
#[derive(Debug, Deserialize)]
struct Case {
    id: String,
    quantity: u64,
    /// What `quantity` and the bounds are counted in; 0.01 for cases with fractions of a unit.
    #[serde(default = "one")]
    scale: u64,
    price: Price,
    amount: Major,
}

/// An exact amount in major units.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Major(Decimal);

impl TryFrom<String> for Major {
    type Error = rust_decimal::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

fn one() -> u64 {
    1
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Price {
    Graduated(Vec<(Option<u64>, Major, Major)>),
    GraduatedWithFlatPartAtZero(Vec<(Option<u64>, Major, Major)>),
    Volume(Vec<(Option<u64>, Major, Major)>),
    Package { size: u64, price: Major, included: u64 },
}

fn unit(major: Decimal) -> UnitPrice {
    let e12 = major * Decimal::from(100_000_000_000_000_u64);
    UnitPrice::from_e12(e12.to_i128().unwrap()).unwrap()
}

fn tiers(tiers: &[(Option<u64>, Major, Major)], scale: u64) -> Tiers {
    let tier = |(up_to, price, flat): &(Option<u64>, Major, Major)| Tier {
        up_to: *up_to,
        unit: unit(price.0 / Decimal::from(scale)),
        flat: unit(flat.0),
    };
    Tiers::new(&tiers.iter().map(tier).collect::<Vec<_>>()).unwrap()
}

#[test]
fn documented_cases() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("cases/rating.json")).unwrap();
    assert!(cases.len() >= 20);
    for case in cases {
        let (price, included) = match &case.price {
            Price::Graduated(list) => (UsagePrice::Graduated(tiers(list, case.scale)), 0),
            Price::GraduatedWithFlatPartAtZero(list) => {
                (UsagePrice::Graduated(tiers(list, case.scale).with_zero_usage(ZeroUsage::FlatPart)), 0)
            }
            Price::Volume(list) => (UsagePrice::Volume(tiers(list, case.scale)), 0),
            Price::Package { size, price, included } => {
                (UsagePrice::Package { size: (*size).try_into().unwrap(), price: unit(price.0) }, *included)
            }
        };
        let exact = price.exact(case.quantity.saturating_sub(included)).unwrap();
        assert_eq!(exact.as_e12(), unit(case.amount.0).as_e12(), "{}", case.id);
    }
}

#[test]
fn api_keys_are_rounded_once_per_line() {
    let card = RateCard::api_keys();
    let cents = |meter: &MeterName, quantity| {
        card.meter(meter).unwrap().rate(quantity, Currency::USD).unwrap().amount.amount()
    };
    let creations = [
        (0, 0),
        (999, 0),
        (1_000, 0),
        (1_001, 0),
        (1_004, 0),
        (1_005, 1),
        (1_145, 15),
        (1_500, 50),
        (11_000, 1_000),
        (1_000_000, 99_900),
    ];
    for (quantity, expected) in creations {
        assert_eq!(cents(&MeterName::API_KEY_CREATIONS, quantity), expected, "{quantity} creations");
    }
    let verifications = [
        (0, 0),
        (100_000, 0),
        (100_001, 0),
        (100_499, 0),
        (100_500, 1),
        (101_500, 2),
        (150_500, 51),
        (1_000_000, 900),
        (10_000_000, 9_900),
        (123_456_789, 123_357),
        (u64::MAX, 18_446_744_073_709_452),
    ];
    for (quantity, expected) in verifications {
        assert_eq!(cents(&MeterName::API_KEY_VERIFICATIONS, quantity), expected, "{quantity} verifications");
    }
}

#[test]
fn tiers_that_leave_quantities_without_price_are_refused() {
    let tier = |up_to| Tier { up_to, unit: UnitPrice::FREE, flat: UnitPrice::FREE };
    let refused = |bounds: &[Option<u64>]| Tiers::new(&bounds.iter().copied().map(tier).collect::<Vec<_>>());
    assert_eq!(refused(&[]), Err(TiersError::NoTiers));
    assert_eq!(refused(&[Some(1)]), Err(TiersError::LastIsBounded));
    assert_eq!(refused(&[None, None]), Err(TiersError::NotRising));
    assert_eq!(refused(&[Some(0), None]), Err(TiersError::NotRising));
    assert_eq!(refused(&[Some(5), Some(5), None]), Err(TiersError::NotRising));
    assert!(refused(&[Some(u64::MAX), None]).is_ok());
}

#[test]
fn a_card_has_each_meter_once() {
    let card = RateCard::api_keys();
    let twice: Vec<_> = card.meters().iter().chain(card.meters()).cloned().collect();
    assert!(RateCard::new(Currency::USD, &twice).is_err());
    assert_eq!(RateCard::new(Currency::USD, card.meters()), Ok(card));
}

prop_compose! {
    fn any_tiers()(bounds in prop::collection::btree_set(1_u64..5_000, 0..4))
        (prices in prop::collection::vec((0_i64..2_000_000, 0_i64..500), bounds.len() + 1),
         bounds in Just(bounds)) -> Tiers {
        let bounds = bounds.into_iter().map(Some).chain([None]);
        let tier = |(up_to, (price, flat)): (Option<u64>, (i64, i64))| Tier {
            up_to,
            unit: UnitPrice::from_e12(i128::from(price) * 1_000_003).unwrap(),
            flat: UnitPrice::from_minor_units(flat).unwrap(),
        };
        Tiers::new(&bounds.zip(prices).map(tier).collect::<Vec<_>>()).unwrap()
    }
}

/// Each unit by itself, and each tier's flat part where its first unit is: slow, and plainly right.
fn unit_by_unit(tiers: &Tiers, quantity: u64) -> i128 {
    (1..=quantity).fold(0, |sum, n| {
        let index = tiers.tiers().iter().position(|tier| tier.up_to.is_none_or(|bound| n <= bound)).unwrap();
        let tier = tiers.tiers()[index];
        let is_first =
            n == 1 || tiers.tiers()[..index].last().is_some_and(|before| before.up_to == Some(n - 1));
        sum + tier.unit.as_e12() + if is_first { tier.flat.as_e12() } else { 0 }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn graduated_tiers_are_the_sum_of_their_units(tiers in any_tiers(), quantity in 0_u64..6_000) {
        let exact = UsagePrice::Graduated(tiers.clone()).exact(quantity).unwrap();
        prop_assert_eq!(exact.as_e12(), unit_by_unit(&tiers, quantity));
    }

    #[test]
    fn volume_takes_the_tier_of_the_total(tiers in any_tiers(), quantity in 1_u64..6_000) {
        let tier = tiers.tiers().iter().find(|tier| tier.up_to.is_none_or(|bound| quantity <= bound)).unwrap();
        let expected = tier.unit.as_e12() * i128::from(quantity) + tier.flat.as_e12();
        prop_assert_eq!(UsagePrice::Volume(tiers.clone()).exact(quantity).unwrap().as_e12(), expected);
    }

    #[test]
    fn per_unit_prices_agree_with_decimals(e12 in 0_i64..1_000_000_000_000, quantity in 0_u64..1_000_000_000) {
        let price = UnitPrice::from_e12(e12.into()).unwrap();
        let amount = price.times(quantity).unwrap().round(Currency::USD).unwrap().amount();
        let exact = Decimal::from_i128_with_scale(e12.into(), 12) * Decimal::from(quantity);
        let rounded = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        prop_assert_eq!(Decimal::from(amount), rounded);
    }

    #[test]
    fn merging_totals_is_order_free_and_idempotent(a in any::<[u64; 2]>(), b in any::<[u64; 2]>()) {
        let [a, b] = [a, b].map(|[creations, verifications]| UsageTotals::api_keys(creations, verifications));
        let both = a.clone().merge(&b);
        prop_assert_eq!(&both, &b.clone().merge(&a));
        prop_assert_eq!(&both, &both.clone().merge(&b));
    }
}
