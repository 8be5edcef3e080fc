//! Decisions know nothing of stores, services and the wire.

const DECISIONS: &[(&str, &str)] = &[
    ("allocation", include_str!("../src/allocation.rs")),
    ("bill", include_str!("../src/bill.rs")),
    ("catalog", include_str!("../src/catalog.rs")),
    ("change", include_str!("../src/change.rs")),
    ("change_settings", include_str!("../src/change_settings.rs")),
    ("create_plan", include_str!("../src/create_plan.rs")),
    ("entitlement", include_str!("../src/entitlement.rs")),
    ("period", include_str!("../src/period.rs")),
    ("plan_rules", include_str!("../src/plan_rules.rs")),
    ("proration", include_str!("../src/proration.rs")),
    ("rate_card", include_str!("../src/rate_card.rs")),
    ("rating", include_str!("../src/rating.rs")),
    ("trial", include_str!("../src/trial.rs")),
    ("unit_prices", include_str!("../src/unit_prices.rs")),
    ("update_plan", include_str!("../src/update_plan.rs")),
];

#[test]
fn decisions_import_no_store_service_or_wire() {
    for (module, source) in DECISIONS {
        let code: String = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let forbidden = [
            "Store",
            "crate::store",
            "crate::memory",
            "service",
            "wire::",
            "Billing<",
            "Utc::now",
            "SystemTime",
            "std::env",
        ];
        for word in forbidden {
            assert!(!code.contains(word), "{module} knows `{word}`");
        }
    }
}
