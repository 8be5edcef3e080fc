//! Golden vectors of the foreign hash schemes, each made by other software than ours.

#![cfg(feature = "import")]

use apikeys::import::{Entropy, Scheme, SchemeKeys, StoredHash, candidates};

const SEAM: &str = "d70d981d87b449c107327c2a2afbf00d4b58070d6ba571aac35d7ea3e7c79f37";
const KNOX_TOKEN: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90";
const TOLLGATE_TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Reads the stored form, and asserts that the token leads to it, and no token does with another character at its end.
fn check_with(keys: &SchemeKeys, scheme: Scheme, token: &str, stored: &str) {
    let digest = StoredHash::parse(scheme, stored).unwrap().admit(Entropy::AtLeast128Bits).unwrap();
    let found = |token: &[u8]| candidates(&[scheme], keys, token).collect::<Vec<_>>();
    assert_eq!(found(token.as_bytes()), [(scheme, digest)]);
    for at in token.len() - 20..token.len() {
        let mut other = token.as_bytes().to_vec();
        other[at] = if other[at] == b'a' { b'b' } else { b'a' };
        assert_ne!(found(&other), [(scheme, digest)], "{at}");
    }
}

fn check(scheme: Scheme, token: &str, stored: &str) {
    check_with(&SchemeKeys::new(), scheme, token, stored);
}

/// Unkey's form, made with Python's hashlib and base64 from its description.
#[test]
fn unkey() {
    check(Scheme::Unkey, "sk_live_0123456789abcdef", "NC4g3sUZVW/P1I9UN+BTHx876rNbbrzN25FtJk1n924=");
}

/// Made by the npm package @better-auth/api-key 1.7.5 (`defaultKeyHasher`).
#[test]
fn better_auth() {
    check(Scheme::BetterAuth, "sk_live_0123456789abcdef", "NC4g3sUZVW_P1I9UN-BTHx876rNbbrzN25FtJk1n924");
}

/// Made by the npm package prefixed-api-key 1.1.1 (`hashLongToken`); the Rust crate of that name, 0.3.0, makes the same.
#[test]
fn seam() {
    check(Scheme::Seam, "mycompany_BRTRKFsL_51FwqftsmMDHHbJAMEXXHCgG", SEAM);
}

/// Made by the Python package djangorestframework-api-key 3.1.0 (`KeyGenerator.hash`) on Django 5.2.19.
#[test]
fn drf_api_key() {
    let stored = "sha512$$5b2421ceee9ff5cb82893a405260ae72645d559d5c3a70a710eeef81f0977c70\
                  7934d60f94b057dbc1c597467fbc433becfcc8e926ccd3f4b123d1467778e3f6";
    check(Scheme::DrfApiKey, "4vzyGVW6.8Yd2W4pR0hXcQ1sTfUoBnKzLmJgEaIxD", stored);
}

/// Made by the Python package django-rest-knox 5.1.0 (`hash_token`).
#[test]
fn knox() {
    let stored = "dc7cb8a2702f241b827549086f02d972e4c8fa704de1be216493ff4007794b34\
                  186da14c0a6f1b1773131dd49fc45ac5f68f2a0459460761a967bb366b64978d";
    check(Scheme::Knox, KNOX_TOKEN, stored);
}

/// Made by the Python package django-rest-knox 4.2.0 (`hash_token`), which decodes the token's hex first.
#[test]
fn knox_4() {
    let stored = "eb1c40f478c7062f3c4145093a07fca47df1b5da2244cf697f072c192a26c85c\
                  a9dbcb80f9e718f2f5c44f1fd319ef89cfd57cf1cc8d158595917fa384a71ce7";
    check(Scheme::Knox4, KNOX_TOKEN, stored);
}

/// Made with Python's hashlib, after crates.io's `HashedToken`.
#[test]
fn rust_registry() {
    let token = format!("cio{}", "A".repeat(32));
    check(
        Scheme::RustRegistry,
        &token,
        r"\xf6e24f3c4a435fc10e87191a8b9ea393e873504f66ae7f00024ca294aefa01ef",
    );
}

/// Made with Python's hashlib, after crates.io's `AccessToken`.
#[test]
fn rust_registry_trusted_publishing() {
    let stored = "c6cb680aa7396b8e239521d0fb58304969d8119123d9989213e1aeb1dd4ce0b0";
    check(Scheme::RustRegistryTrustedPublishing, "cio_tp_0123456789ABCDEFGHIJKLMNOPQRSTUC", stored);
}

/// Made by the crate tollgate-auth 0.32.2 (`HmacRegistry::digest_credential`), and the same by Python's hmac.
#[test]
fn tollgate() {
    let keys = SchemeKeys::new().with_tollgate(b"secret-from-the-environment");
    let stored = "8bb0670064890e66a10fa1a7940bc412d2ceef1bd181be466d960bc9091593db";
    check_with(&keys, Scheme::Tollgate, TOLLGATE_TOKEN, stored);
    let longer_than_a_block = SchemeKeys::new().with_tollgate(&[b'k'; 80]);
    let stored = "20dc4f076a86246c70d120325b6b359b858f0367728523a4aded7ef6573659ad";
    check_with(&longer_than_a_block, Scheme::Tollgate, TOLLGATE_TOKEN, stored);
}

/// Made with Python's hashlib (`sha512_256`), after Ory Talos' `HashImportedAPIKey`.
#[test]
fn talos() {
    let keys = SchemeKeys::new().with_talos("3f6c9a52-7c1e-4d0b-9a57-2f4b8c1d6e90").unwrap();
    let stored = "3bb982dbd173ef5a76f0a3d15cdfa4cfb6f4dbf86c3a231266b37e367ea54d7d";
    check_with(&keys, Scheme::Talos, "sk_live_0123456789abcdef", stored);
}

/// Made with Python's hashlib and binascii, after Laravel Sanctum 4's `createToken` and `findToken`.
#[test]
fn sanctum() {
    let stored = "dc47cfc2d4371e9477781b5b4a2fef7771750864cfb7bb22870f37a63f86b62a";
    check(Scheme::Sanctum, "42|VSwn9FCqLFivSUGJKMukhq7kcrnXDK8h6JQmleJX97994aca", stored);
    check(Scheme::Sanctum, "VSwn9FCqLFivSUGJKMukhq7kcrnXDK8h6JQmleJX97994aca", stored);
}
