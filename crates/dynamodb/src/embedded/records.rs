//! The records of streams, which the engine keeps in one table of a file: an index by which the newest of a stream is found, as each
//! write asks for it, and an end to their time.

use rusqlite::Connection;

use crate::limits::RECORDS_TRIMMED;

/// Sees to it that records are found by their number. Without it the engine looks at all of them with each write.
pub(super) fn index(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "CREATE INDEX IF NOT EXISTS _stream_records_by_number \
         ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    )
}

/// Removes records that were written before a time, in seconds since 1970; returns how many. Looks at the oldest alone.
pub(super) fn trim(connection: &Connection, before_s: u64) -> rusqlite::Result<usize> {
    let before = i64::try_from(before_s).unwrap_or(i64::MAX);
    connection.execute(
        "DELETE FROM _stream_records WHERE created_at < ?1 \
         AND id IN (SELECT id FROM _stream_records ORDER BY id LIMIT ?2)",
        (before, RECORDS_TRIMMED),
    )
}

#[cfg(test)]
mod tests {
    use crate::embedded::engine::Engine;
    use crate::side::Side;
    use crate::wire::Arns;

    // Source: SQLite docs, "EXPLAIN QUERY PLAN": SEARCH uses an index, SCAN looks at all rows. The statement is the engine's.
    #[test]
    fn the_newest_record_is_found_without_a_look_at_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tables.db");
        let arns = Arns::new("us-east-1", "000000000000");
        let mut engine = Engine::open(&path, Side::Tables, arns).unwrap();
        let connection = engine.storage().unwrap().conn();
        let plan = "EXPLAIN QUERY PLAN SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 \
                    FROM _stream_records WHERE table_name = ?1";
        let plan = connection.query_row(plan, ["t"], |row| row.get::<_, String>(3)).unwrap();
        assert_eq!(
            plan,
            "SEARCH _stream_records USING COVERING INDEX _stream_records_by_number (table_name=?)"
        );
    }
}
