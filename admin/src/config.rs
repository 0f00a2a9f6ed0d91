//! What the environment says.

use std::env;
use std::net::SocketAddr;

use argon2::PasswordHash;

pub struct Config {
    /// As libpq takes it. Everything is done under the role that it names.
    pub database_url: String,
    pub listen: SocketAddr,
    /// argon2, in the PHC format. Without one only this machine may come in.
    pub password_hash: Option<String>,
    /// Who decides and creates, proposed in forms.
    pub user_uuid: String,
}

impl Config {
    pub fn from_environment() -> Result<Config, String> {
        let given = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let database_url = given("DATABASE_URL").ok_or(
            "DATABASE_URL is not set: postgresql://role:password@host/database, or host=… dbname=…",
        )?;
        let listen = given("ADMIN_LISTEN").unwrap_or_else(|| "127.0.0.1:8787".into());
        let listen: SocketAddr = listen.parse().map_err(|_| {
            format!("ADMIN_LISTEN={listen} is no address and port, as 127.0.0.1:8787")
        })?;
        let password_hash = given("ADMIN_PASSWORD_HASH");
        if let Some(hash) = &password_hash {
            PasswordHash::new(hash)
                .map_err(|error| format!("ADMIN_PASSWORD_HASH is no argon2 hash: {error}"))?;
        }
        if password_hash.is_none() && !listen.ip().is_loopback() {
            return Err(format!(
                "{listen} can be reached from other machines: set ADMIN_PASSWORD_HASH, an argon2 \
                 hash as `referrals-admin hash` makes it of a line that you type, or listen on 127.0.0.1"
            ));
        }
        let user_uuid = given("ADMIN_USER_UUID").unwrap_or_default();
        Ok(Config { database_url, listen, password_hash, user_uuid })
    }
}
