package io.psycache;

/** Placeholder until the store is in. */
final class DefaultPostgresCache {
    private DefaultPostgresCache() {}

    static PostgresCache create(PostgresCache.Builder settings) {
        throw new UnsupportedOperationException("" + settings);
    }
}
