package io.psycache.near;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.CacheOptions;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A copy is served after its end, but not for longer than is accepted, by the clock that all callers of this process have. */
class BoundedStalenessTests {
    private static final Duration ACCEPTED = Duration.ofMillis(100);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final PostgresCache cache = database.closing(PostgresCache.builder(database.dataSource())
            .options(CacheOptions.none().maxStaleness(ACCEPTED))
            .build());

    /** As if in another process: its writes are not this one's. */
    private final PostgresCache other =
            database.closing(PostgresCache.builder(database.unpooled()).build());

    private String get() {
        return cache.get("key", String.class).orElse("none");
    }

    @RepeatedTest(5)
    void aCopyIsServedForAsLongAsIsAcceptedAndNoLonger() {
        other.put("key", "old", Duration.ofMinutes(1));
        for (int i = 0; i < 3; i++) {
            assertThat(get()).isEqualTo("old");
        }
        other.remove("key");
        long removed = System.nanoTime();
        int old = 0;
        long began = System.nanoTime();
        while (get().equals("old")) {
            assertThat(began - removed).isLessThan(ACCEPTED.toNanos());
            old++;
            began = System.nanoTime();
        }
        assertThat(old).as("served although it was removed").isPositive();
    }
}
