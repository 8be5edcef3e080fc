//! Accounts and memberships as the official client reads them.

use serde_json::{Value, json};

use super::tables::{Account, Membership};

/// A user of the Backend API; what the demonstration has no table for is empty.
pub(crate) fn user(account: &Account) -> Value {
    let email_id = account.email.as_ref().map(|_| email_id(account));
    json!({
        "object": "user",
        "id": account.id,
        "external_id": account.external_id,
        "username": account.username,
        "first_name": account.first_name,
        "last_name": account.last_name,
        "locale": null,
        "image_url": "",
        "has_image": false,
        "primary_email_address_id": email_id,
        "primary_phone_number_id": null,
        "primary_web3_wallet_id": null,
        "email_addresses": account.email.iter().map(|email| email_address(account, email)).collect::<Vec<_>>(),
        "phone_numbers": [],
        "web3_wallets": [],
        "passkeys": [],
        "external_accounts": [],
        "saml_accounts": [],
        "enterprise_accounts": [],
        "password_enabled": false,
        "two_factor_enabled": false,
        "totp_enabled": false,
        "backup_code_enabled": false,
        "mfa_enabled_at": null,
        "mfa_disabled_at": null,
        "public_metadata": account.public_metadata,
        "private_metadata": {},
        "unsafe_metadata": {},
        "last_sign_in_at": null,
        "last_active_at": null,
        "legal_accepted_at": null,
        "banned": false,
        "locked": false,
        "deprovisioned": !account.active,
        "lockout_expires_in_seconds": null,
        "verification_attempts_remaining": null,
        "delete_self_enabled": false,
        "create_organization_enabled": false,
        "create_organizations_limit": null,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
    })
}

/// A membership of the Backend API.
pub(crate) fn membership(membership: &Membership, account: Option<&Account>) -> Value {
    let created_at = membership.created_at;
    json!({
        "object": "organization_membership",
        "id": format!("orgmem_{}_{}", membership.organization_id, membership.user_id),
        "role": membership.role,
        "role_name": membership.role.rsplit(':').next(),
        "permissions": [],
        "public_metadata": {},
        "private_metadata": {},
        "organization": {
            "object": "organization",
            "id": membership.organization_id,
            "name": membership.organization_name,
            "slug": membership.organization_id,
            "image_url": "",
            "has_image": false,
            "max_allowed_memberships": 0,
            "admin_delete_enabled": false,
            "public_metadata": {},
            "private_metadata": {},
            "created_at": created_at,
            "updated_at": created_at,
        },
        "public_user_data": {
            "user_id": membership.user_id,
            "identifier": account.and_then(|account| account.email.as_deref()).unwrap_or_default(),
            "first_name": account.and_then(|account| account.first_name.as_deref()),
            "last_name": account.and_then(|account| account.last_name.as_deref()),
            "image_url": "",
            "has_image": false,
        },
        "created_at": created_at,
        "updated_at": membership.updated_at,
    })
}

fn email_address(account: &Account, email: &str) -> Value {
    json!({
        "object": "email_address",
        "id": email_id(account),
        "email_address": email,
        "reserved": false,
        "verification": null,
        "linked_to": [],
        "matches_sso_connection": false,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
    })
}

fn email_id(account: &Account) -> String {
    account.id.replacen("user_", "idn_", 1)
}
