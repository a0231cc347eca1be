package io.psycache.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.PostgresCache;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.cache.CacheManager;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A hit is never stale while 8 writers, 16 readers and the cleanup are at work in an application.
 *
 * <p>{@code -Dpsycache.stress.seconds} says how long, 10 by default; {@code -Dpsycache.stress.hits} how many hits are to be
 * checked within that time; {@code -Dpsycache.seed} repeats the choices of the threads.
 */
class StressTests {
    private static final long SEED = Long.getLong("psycache.seed", System.nanoTime());
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("psycache.stress.seconds", 10));
    private static final @Nullable Long HITS = Long.getLong("psycache.stress.hits");
    private static final Duration CONTROL_AT_MOST = Duration.ofMinutes(1);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    @Test
    void noHitIsStale() throws Exception {
        Stress stress = run(running -> HITS != null && running.hits() >= HITS, TIME);
        long collected = database.queryForLong("select max(id) - count(*) from psycache_invalidation");
        AtRest atRest = atRest();
        print(stress + ", wrong at rest " + atRest.wrong + " of " + atRest.entries + ", collected " + collected);
        assertThat(stress.stale()).isZero();
        assertThat(stress.undone()).isZero();
        assertThat(atRest.wrong).isZero();
        assertThat(atRest.entries).isPositive();
        assertThat(collected).as("rows of the log that the cleanup has removed").isPositive();
        assertThat(stress.hits()).isGreaterThanOrEqualTo(HITS == null ? 1 : HITS);
    }

    @Test
    void controlEvictionsAfterTheCommitServeStaleHits() throws Exception {
        Stress stress =
                run(running -> running.stale() > 0, CONTROL_AT_MOST, "--psycache.transaction.advice-order=spring");
        print("Control, evictions after the commit: " + stress);
        assertThat(stress.stale()).isPositive();
    }

    private static void print(String outcome) {
        System.out.println("Stress, seed " + SEED + ": " + outcome);
    }

    private Stress run(Predicate<Stress> enough, Duration atMost, String... arguments) throws Exception {
        try (ConfigurableApplicationContext context = StressApplication.start(database, arguments)) {
            Stress stress = new Stress(
                    context.getBeansOfType(Way.class),
                    context.getBean(Ledger.class),
                    new TransactionTemplate(context.getBean(PlatformTransactionManager.class)),
                    SEED);
            stress.run(() -> enough.test(stress), atMost);
            return stress;
        }
    }

    private record AtRest(long entries, long wrong) {}

    /** Compares every entry to its row, in an application that starts afterwards. */
    private AtRest atRest() {
        try (ConfigurableApplicationContext context = StressApplication.start(database)) {
            Ledger ledger = context.getBean(Ledger.class);
            Item[] entries = context.getBeansOfType(Way.class).keySet().stream()
                    .flatMap(way -> IntStream.range(0, Ledger.ROWS).mapToObj(id -> cached(context, way, id)))
                    .filter(Objects::nonNull)
                    .toArray(Item[]::new);
            long wrong = Stream.of(entries)
                    .filter(entry -> entry.version() != ledger.version(entry.way(), entry.id()))
                    .count();
            return new AtRest(entries.length, wrong);
        }
    }

    private static @Nullable Item cached(ConfigurableApplicationContext context, String way, int id) {
        return way.equals("tagged")
                ? context.getBean(PostgresCache.class)
                        .get(Ways.Tagged.key(id), Item.class)
                        .orElse(null)
                : context.getBean(CacheManager.class).getCache(way).get(id, Item.class);
    }
}
