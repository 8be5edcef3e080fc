//! What a person, or a test, needs next.

use std::{io, path::Path};

use serde_json::json;

use crate::{secrets::write_private, setup::House};

/// Writes the URLs and secrets to a file that only its owner can read.
pub(crate) fn write(file: &Path, base_url: &str, house: &House) -> io::Result<()> {
    let credentials = json!({
        "base_url": base_url,
        "secret_key": house.secrets.secret_key,
        "scim": { "base_url": scim_url(base_url), "token": house.secrets.scim_token },
    });
    write_private(file, &credentials)
}

/// Where identity providers find the directory.
pub(crate) fn scim_url(base_url: &str) -> String {
    format!("{base_url}/scim/v2")
}

/// Prints it to whoever started the host; never to a log.
pub(crate) fn print(base_url: &str, house: &House) {
    let (secret_key, overview) = (&house.secrets.secret_key, &house.secrets.overview_token);
    let (scim, token) = (scim_url(base_url), house.secrets.scim_token.as_deref().unwrap_or_default());
    println!(
        "\
vestibule is open.

  Overview page      {base_url}/overview#token={overview}

  Okta or Entra ID   base URL  {scim}
                     token     {token}

  @clerk/backend     createClerkClient({{ apiUrl: '{base_url}', secretKey: '{secret_key}' }})

Try it:

  # the plans: monthly, both, annual-only
  curl -s {base_url}/v1/billing/plans -H 'Authorization: Bearer {secret_key}'

  # a user from the directory
  curl -s {scim}/Users -H 'Authorization: Bearer {token}' -H 'Content-Type: application/scim+json' \\
    -d '{{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"ada\",\"emails\":[{{\"value\":\"ada@example.com\",\"primary\":true}}]}}'

  # an API key
  curl -s {base_url}/api_keys -H 'Authorization: Bearer {secret_key}' \\
    -d '{{\"name\":\"My key\",\"subject\":\"user_demo00000000000000000000001\"}}'

Stop with Ctrl-C."
    );
}
