-- A resource is wide: in a table without rowid each step of a search reads over whole documents.
CREATE TABLE scim_wide_resources (
    tenant       TEXT NOT NULL,
    directory    TEXT NOT NULL,
    id           TEXT NOT NULL,
    kind         TEXT NOT NULL,
    -- What identity providers look resources up by, in the form in which values are compared.
    user_name    TEXT,
    display_name TEXT,
    external_id  TEXT,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    attributes   TEXT NOT NULL
) STRICT;

INSERT INTO scim_wide_resources
SELECT tenant, directory, id, kind, user_name, display_name, external_id, created_at, updated_at, revision, attributes
FROM scim_resources;

DROP TABLE scim_resources;
ALTER TABLE scim_wide_resources RENAME TO scim_resources;

CREATE UNIQUE INDEX scim_resources_by_id ON scim_resources (tenant, directory, id);
CREATE INDEX scim_resources_by_age ON scim_resources (tenant, directory, kind, created_at, id);
CREATE INDEX scim_resources_by_user_name ON scim_resources (tenant, directory, kind, user_name, id);
CREATE INDEX scim_resources_by_display_name ON scim_resources (tenant, directory, kind, display_name, id);
CREATE INDEX scim_resources_by_external_id ON scim_resources (tenant, directory, kind, external_id, id);
