//! The text of a statement: without its comments, its placeholders filled.

/// Replaces placeholders in one pass from left to right, so that no value is taken for a placeholder: a
/// schema may be called "host", and a table "users_table".
pub fn fill(sql: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some((place, name, value)) = values
        .iter()
        .filter_map(|(name, value)| rest.find(name).map(|place| (place, name, value)))
        .min()
    {
        filled.push_str(&rest[..place]);
        filled.push_str(value);
        rest = &rest[place + name.len()..];
    }
    filled + rest
}

/// The text to run: without its comments, which would stand in the CONTEXT of every error.
pub fn without_comments(sql: &str) -> String {
    let lines = sql.lines().filter(|line| !line.starts_with("--"));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_never_taken_for_a_placeholder() {
        let values = [("extension.", "host."), ("host.", "\"my extension.\".")];
        let sql = "ON host.codes EXECUTE FUNCTION extension.guard()";
        assert_eq!(fill(sql, &values), "ON \"my extension.\".codes EXECUTE FUNCTION host.guard()");
    }
}
