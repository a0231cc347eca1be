package io.psycache.benchmarks;

import org.springframework.jdbc.core.JdbcTemplate;

/** Very many entries, as rows like the one that a put has made. */
final class Copies {

    private Copies() {}

    /**
     * Copies entry 0 of a cache to all numbers below {@code entries}.
     *
     * @param value SQL of a value, of the copied row {@code s} and the number {@code n}
     */
    static void make(JdbcTemplate jdbc, String cache, int entries, String value) {
        jdbc.update("""
                insert into psycache (key, value, expires_at, tags, type)
                select '%1$s::' || n, %2$s, s.expires_at, s.tags, s.type
                  from psycache s, generate_series(1, ? - 1) n
                 where s.key = '%1$s::0'""".formatted(cache, value), entries);
        jdbc.execute("vacuum analyze psycache");
    }
}
