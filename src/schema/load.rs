//! TOML files to a checked [`Schema`].
