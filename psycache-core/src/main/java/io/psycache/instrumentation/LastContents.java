package io.psycache.instrumentation;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Observer that keeps the contents of the tables as the last cleanup of this process found them. Thread-safe. */
public final class LastContents implements CacheInstrumentation {
    private final Span cleanup = new Span() {
        @Override
        public void recordContents(TableContents found) {
            contents = found;
        }
    };

    private volatile @Nullable TableContents contents;

    /** Empty before the first cleanup. */
    public Optional<TableContents> contents() {
        return Optional.ofNullable(contents);
    }

    /** Number of entries of a cache; 0 before the first cleanup. */
    public long entries(String cache) {
        return contents().stream()
                .flatMap(known -> known.caches().stream())
                .filter(known -> known.cache().equals(cache))
                .mapToLong(TableContents.CacheContents::entries)
                .sum();
    }

    @Override
    public Span startSpan(Operation operation, List<String> keys, @Nullable String spanName) {
        return operation == Operation.CLEANUP ? cleanup : Span.NONE;
    }
}
