CREATE TABLE scim_directories (
    tenant                   TEXT NOT NULL,
    id                       TEXT NOT NULL,
    enterprise_connection_id TEXT NOT NULL,
    document                 TEXT NOT NULL,
    created_at               INTEGER NOT NULL,
    revision                 INTEGER NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, enterprise_connection_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE scim_resources (
    tenant       TEXT NOT NULL,
    directory    TEXT NOT NULL,
    id           TEXT NOT NULL,
    kind         TEXT NOT NULL,
    attributes   TEXT NOT NULL,
    -- What identity providers look resources up by, in the form in which values are compared.
    user_name    TEXT,
    display_name TEXT,
    external_id  TEXT,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    PRIMARY KEY (tenant, directory, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX scim_resources_by_age ON scim_resources (tenant, directory, kind, created_at, id);
CREATE INDEX scim_resources_by_user_name ON scim_resources (tenant, directory, kind, user_name);
CREATE INDEX scim_resources_by_display_name ON scim_resources (tenant, directory, kind, display_name);
CREATE INDEX scim_resources_by_external_id ON scim_resources (tenant, directory, kind, external_id);

CREATE TABLE scim_unique_values (
    tenant    TEXT NOT NULL,
    directory TEXT NOT NULL,
    kind      TEXT NOT NULL,
    attribute TEXT NOT NULL,
    key       TEXT NOT NULL,
    resource  TEXT NOT NULL,
    PRIMARY KEY (tenant, directory, kind, attribute, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX scim_unique_values_by_resource ON scim_unique_values (tenant, directory, resource);

-- One row a membership: a group of a million members is never one document.
CREATE TABLE scim_memberships (
    tenant    TEXT NOT NULL,
    directory TEXT NOT NULL,
    group_id  TEXT NOT NULL,
    member_id TEXT NOT NULL,
    -- The name that the client gave.
    display   TEXT,
    PRIMARY KEY (tenant, directory, group_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX scim_memberships_by_member ON scim_memberships (tenant, directory, member_id, group_id);
