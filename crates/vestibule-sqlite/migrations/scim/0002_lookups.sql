-- The addresses of a resource, in the form in which they are compared: what a filter by `emails.value` looks up.
CREATE TABLE scim_emails (
    tenant    TEXT NOT NULL,
    directory TEXT NOT NULL,
    key       TEXT NOT NULL,
    resource  TEXT NOT NULL,
    PRIMARY KEY (tenant, directory, key, resource)
) STRICT, WITHOUT ROWID;

CREATE INDEX scim_emails_by_resource ON scim_emails (tenant, directory, resource);

INSERT OR IGNORE INTO scim_emails (tenant, directory, key, resource)
SELECT r.tenant, r.directory, scim_key(e.value ->> '$.value'), r.id
FROM scim_resources r, json_each(r.attributes, '$.emails') e
WHERE e.type = 'object' AND json_type(e.value, '$.value') = 'text';

-- `members.value` is compared in any case.
DROP INDEX scim_memberships_by_member;
CREATE INDEX scim_memberships_by_member ON scim_memberships (tenant, directory, lower(member_id), group_id);
