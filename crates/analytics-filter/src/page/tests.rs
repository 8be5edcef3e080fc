use super::*;

#[derive(Debug, PartialEq)]
struct At(i64);

impl Row for At {
    fn position(&self) -> Position {
        Position { created_at: millis(self.0), id: format!("id_{}", self.0).into() }
    }
}

fn millis(at: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at).unwrap()
}

fn cursors() -> Cursors {
    Cursors::new(CursorKey::new(&[7; 32]))
}

fn limit(rows: u32) -> PageLimit {
    PageLimit::new(rows).unwrap()
}

fn query(tenant: &TenantId) -> PageQuery<'_> {
    PageQuery { tenant, table: Table::Users, filter: Filter::Everyone, rule: Fingerprint::of(b"rule") }
}

fn acme() -> TenantId {
    TenantId::new("acme").unwrap()
}

/// A page of the rows from `first` down, of which the store had one more.
fn page(first: i64, rows: u32, start: Start) -> Page<At> {
    let tenant = acme();
    let seek = Seek { filter: Filter::Everyone, until: millis(1_000), start, limit: rows + 1 };
    let found = (0..=i64::from(rows)).map(|n| At(first - n)).collect();
    cursors().page(query(&tenant), &seek, found, millis(1_000))
}

#[test]
fn the_first_page_asks_for_one_row_more_and_fixes_the_epoch() {
    let tenant = acme();
    let seek = cursors().seek(query(&tenant), None, limit(2), millis(5)).unwrap();
    let expected = Seek { filter: Filter::Everyone, until: millis(5), start: Start::First, limit: 3 };
    assert_eq!(seek, expected);
    let page = page(9, 2, Start::First);
    assert_eq!((page.rows, page.state, page.prev), (vec![At(9), At(8)], PageState::More, None));
}

#[test]
fn a_cursor_holds_the_last_rows_position_and_the_epoch() {
    let tenant = acme();
    let next = page(9, 2, Start::First).next.unwrap();
    let seek = cursors().seek(query(&tenant), Some(&next), limit(7), millis(2_000)).unwrap();
    assert_eq!((seek.start, seek.until, seek.limit), (Start::After(At(8).position()), millis(1_000), 8));
}

#[test]
fn a_page_in_the_middle_leads_both_ways() {
    let tenant = acme();
    let middle = page(9, 2, Start::After(At(10).position()));
    let back = cursors().seek(query(&tenant), middle.prev.as_deref(), limit(2), millis(0)).unwrap();
    assert_eq!(back.start, Start::Before(At(9).position()));

    let rows = vec![At(10), At(11), At(12)];
    let page = cursors().page(query(&tenant), &Seek { limit: 3, ..back }, rows, millis(0));
    assert_eq!(page.rows, [At(11), At(10)]);
    assert!(page.prev.is_some() && page.next.is_some());
}

#[test]
fn the_ends_lead_nowhere() {
    let tenant = acme();
    let of = |start, rows| {
        let seek = Seek { filter: Filter::Everyone, until: millis(0), start, limit: 3 };
        cursors().page(query(&tenant), &seek, rows, millis(0))
    };
    let last = of(Start::After(At(9).position()), vec![At(8), At(7)]);
    assert_eq!((last.next, last.state), (None, PageState::End));
    let first = of(Start::Before(At(7).position()), vec![At(8), At(9)]);
    assert_eq!((first.prev, first.state), (None, PageState::More));
    let empty = of(Start::After(At(9).position()), vec![]);
    assert_eq!((empty.next, empty.prev, empty.state), (None, None, PageState::End));
}

#[test]
fn a_cursor_of_anything_else_is_refused_with_its_reason() {
    let (tenant, other) = (acme(), TenantId::new("other").unwrap());
    let text = page(9, 2, Start::First).next.unwrap();
    let open =
        |cursors: &Cursors, query, text: &str, now| cursors.seek(query, Some(text), limit(2), millis(now));
    let here = query(&tenant);
    let refused = |query| open(&cursors(), query, &text, 0).unwrap_err();
    assert_eq!(refused(PageQuery { tenant: &other, ..here }), PageError::WrongTenant);
    assert_eq!(refused(PageQuery { table: Table::Waitlist, ..here }), PageError::WrongQuery);
    assert_eq!(refused(PageQuery { filter: Filter::RealUsers, ..here }), PageError::WrongQuery);
    assert_eq!(refused(PageQuery { rule: Fingerprint::of(b"other"), ..here }), PageError::WrongQuery);

    let day = 24 * 60 * 60 * 1_000;
    assert!(open(&cursors(), here, &text, 1_000 + day - 1).is_ok());
    assert_eq!(open(&cursors(), here, &text, 1_000 + day), Err(PageError::Expired));
    let gone = cursors().with_oldest_epoch(millis(1_001));
    assert_eq!(open(&gone, here, &text, 0), Err(PageError::EpochGone));
    let elsewhere = Cursors::new(CursorKey::new(&[8; 32]));
    assert_eq!(open(&elsewhere, here, &text, 0), Err(PageError::BadMac));
    for bad in ["", "!", "AAAA", &"A".repeat(3_000), &text[1..]] {
        let error = open(&cursors(), here, bad, 0).unwrap_err();
        assert!(matches!(error, PageError::Malformed | PageError::BadMac), "{bad}: {error}");
    }
}

#[test]
fn a_sealed_position_of_another_shape_is_malformed() {
    let tenant = acme();
    let key = CursorKey::new(&[7; 32]);
    let good = encode(millis(1), &Start::After(At(1).position()));
    for bad in [
        &b""[..],
        &[0; 8],
        &[0; 16],
        &[&good[..8], &[9], &good[9..]].concat(),
        &[&good[..], &[0xff]].concat(),
    ] {
        let text = key.seal(query(&tenant).scope(), millis(1_000), bad);
        let found = cursors().seek(query(&tenant), Some(&text), limit(1), millis(0));
        assert_eq!(found, Err(PageError::Malformed), "{bad:?}");
    }
}

#[test]
fn limits_are_bounded() {
    assert_eq!(PageLimit::default().rows(), 50);
    assert!(PageLimit::new(500).is_ok());
    assert_eq!((PageLimit::new(0), PageLimit::new(501)), (Err(InvalidPageLimit), Err(InvalidPageLimit)));
}
