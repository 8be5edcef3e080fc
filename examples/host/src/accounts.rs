//! The host's own tables: accounts, organizations and memberships, on which vestibule only has effects.

mod effects;
mod queries;
mod routes;
mod tables;
mod wire;

pub(crate) use self::{
    effects::Directories,
    routes::router,
    tables::{Account, create, put, put_organization},
};
