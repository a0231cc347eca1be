package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.psycache.CacheOptions.NearCopy;
import io.psycache.CacheSettings.Partition;
import io.psycache.testsupport.ObservedDataSource;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Copies of entries in one process, while another one changes them. */
class NearCopiesTests {
    private static final Duration TTL = Duration.ofMinutes(5);

    record User(int id, String name) {}

    record Team(List<User> users) {}

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final List<String> statements = new CopyOnWriteArrayList<>();
    private final PostgresCache cache = database.closing(observed().build());
    private final PostgresCache other =
            database.closing(PostgresCache.builder(database.unpooled()).build());

    private PostgresCache.Builder observed() {
        return PostgresCache.builder(ObservedDataSource.of(database.dataSource(), new ObservedDataSource.Listener() {
                    @Override
                    public void executes(String sql) {
                        statements.add(sql);
                    }
                }))
                .partition(Partition.SINGLE);
    }

    private static CacheOptions stale(Duration maxStaleness) {
        return CacheOptions.none().maxStaleness(maxStaleness);
    }

    /** A get that finds the entry, one that copies it, and those that begin to follow the log. */
    @BeforeEach
    void copy() {
        other.put("k", new User(1, "old"), TTL);
        other.withTags("tag").put("tagged", new User(1, "old"), TTL);
        copy(cache);
    }

    private static void copy(PostgresCache cache) {
        for (int i = 0; i < 4; i++) {
            cache.get("k", User.class);
            cache.get("tagged", User.class);
        }
    }

    private List<String> statementsOf(Runnable work) {
        statements.clear();
        work.run();
        return List.copyOf(statements);
    }

    /** There are two where another session has just committed. */
    private static void isALook(String sql) {
        assertThat(sql).contains("psycache_epoch").doesNotContain("value");
    }

    private static String name(PostgresCache cache, String key) {
        return cache.get(key, User.class).map(User::name).orElse("none");
    }

    @Test
    void aHitOnACopyAsksOnlyWhetherItIsValid() {
        assertThat(statementsOf(() -> assertThat(name(cache, "k")).isEqualTo("old")))
                .isNotEmpty()
                .allSatisfy(NearCopiesTests::isALook);
    }

    @Test
    void whatIsReadOnceIsNotCopied() {
        other.put("once", new User(1, "once"), TTL);
        long copies = cache.inspection().near().copies();
        assertThat(statementsOf(() -> cache.get("once", User.class)))
                .singleElement()
                .satisfies(sql -> assertThat(sql).contains("value").doesNotContain("tags,", "remaining"));
        assertThat(cache.inspection().near().copies()).isEqualTo(copies);
        cache.get("once", User.class);
        assertThat(cache.inspection().near().copies()).isEqualTo(copies + 1);
    }

    @Test
    void whatHasExpiredIsAMissAlsoWhereItIsKept() {
        PostgresCache keeping = database.closing(observed()
                .options(CacheOptions.none().staleWhileRevalidate(Duration.ofMinutes(1)))
                .build());
        keeping.put("kept", new User(1, "kept"), TTL);
        database.execute("update psycache set expires_at = statement_timestamp() - interval '1 second'");
        for (int i = 0; i < 3; i++) {
            assertThat(name(cache, "kept")).isEqualTo("none");
        }
    }

    @Test
    void copiesOfManyKeysAskOnce() {
        assertThat(statementsOf(() -> assertThat(cache.getAll(List.of("k", "tagged"), User.class))
                        .hasSize(2)))
                .hasSize(1);
    }

    @Test
    void ofManyKeysOnlyThoseWithoutACopyAreRead() {
        other.put("third", new User(3, "third"), TTL);
        assertThat(statementsOf(() -> assertThat(cache.getAll(List.of("k", "third", "absent"), User.class))
                        .containsOnlyKeys("k", "third")))
                .hasSizeBetween(2, 3)
                .last()
                .satisfies(sql -> assertThat(sql).contains("value"));
    }

    @Test
    void asynchronousGetsUseCopies() {
        assertThat(statementsOf(() ->
                        assertThat(cache.async().get("k", User.class).join()).isPresent()))
                .isNotEmpty()
                .allSatisfy(NearCopiesTests::isALook);
    }

    @Test
    void getOrLoadUsesCopies() {
        assertThat(statementsOf(() -> assertThat(cache.getOrLoad("k", User.class, TTL, () -> new User(2, "loaded")))
                        .isEqualTo(new User(1, "old"))))
                .isNotEmpty()
                .allSatisfy(NearCopiesTests::isALook);
    }

    @Test
    void refreshingGetsUseCopies() {
        PostgresCache refreshing = database.closing(observed()
                .options(CacheOptions.none().staleWhileRevalidate(Duration.ofMinutes(1)))
                .build());
        for (int i = 0; i < 4; i++) {
            refreshing.getOrLoad("k", User.class, TTL, () -> new User(2, "loaded"));
        }
        assertThat(statementsOf(() -> refreshing.getOrLoad("k", User.class, TTL, () -> new User(2, "loaded"))))
                .isNotEmpty()
                .allSatisfy(NearCopiesTests::isALook);
    }

    static List<Consumer<PostgresCache>> changes() {
        return List.of(
                cache -> cache.remove("tagged"),
                cache -> cache.removeAll(List.of("tagged", "k")),
                cache -> cache.removeByPrefix("tag"),
                cache -> cache.invalidateTags("tag"),
                PostgresCache::flush,
                cache -> cache.put("tagged", new User(2, "new"), TTL),
                cache -> cache.putAll(Map.of("tagged", new User(2, "new"), "k", new User(2, "new")), TTL),
                cache -> cache.put("tagged", Map.of("un", "typed"), TTL));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aChangeOfAnotherProcessEndsTheCopy(Consumer<PostgresCache> change) {
        change.accept(other);
        assertThat(statementsOf(() -> cache.getRaw("tagged")))
                .last()
                .satisfies(sql -> assertThat(sql).contains("value"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aChangeOfThisProcessIsSeenAtOnceWhateverTheAge(Consumer<PostgresCache> change) {
        PostgresCache aged = database.closing(observed().options(stale(TTL)).build());
        copy(aged);
        assertThat(statementsOf(() -> name(aged, "tagged"))).isEmpty();
        change.accept(aged);
        assertThat(statementsOf(() -> aged.getRaw("tagged")))
                .last()
                .satisfies(sql -> assertThat(sql).contains("value"));
    }

    @Test
    void aChangeOfAnotherCacheOfThisProcessIsSeenAtOnce() {
        PostgresCache aged = database.closing(
                PostgresCache.builder(database.dataSource()).options(stale(TTL)).build());
        PostgresCache neighbour =
                database.closing(PostgresCache.builder(database.dataSource()).build());
        copy(aged);
        other.remove("k");
        assertThat(name(aged, "k")).isEqualTo("old");
        neighbour.remove("k");
        assertThat(name(aged, "k")).isEqualTo("none");
    }

    @Test
    void aCopyIsServedWithoutAStatementWhileItsAgeIsAccepted() {
        PostgresCache aged = database.closing(observed().options(stale(TTL)).build());
        copy(aged);
        other.remove("k");
        assertThat(statementsOf(() -> assertThat(name(aged, "k")).isEqualTo("old")))
                .isEmpty();
    }

    @Test
    void aLoaderAlwaysAsks() {
        PostgresCache aged = database.closing(observed().options(stale(TTL)).build());
        copy(aged);
        other.remove("k");
        assertThat(aged.getOrLoad("outer", String.class, TTL, () -> name(aged, "k")))
                .isEqualTo("none");
    }

    @Test
    void truncatedTablesAreNoticed() {
        database.execute("truncate psycache");
        assertThat(name(cache, "k")).isEqualTo("none");
    }

    @Test
    void callersShareAnImmutableValue() {
        assertThat(cache.get("k", User.class).get())
                .isSameAs(cache.get("k", User.class).get());
    }

    @Test
    void callersHaveValuesOfTheirOwnOfWhatCanChange() {
        other.put("team", new Team(List.of(new User(1, "a"))), TTL);
        cache.get("team", Team.class);
        assertThat(cache.get("team", Team.class).get())
                .isEqualTo(cache.get("team", Team.class).get())
                .isNotSameAs(cache.get("team", Team.class).get());
    }

    @Test
    void callersHaveValuesOfTheirOwnWhereTheOptionSaysSo() {
        PostgresCache copying = database.closing(PostgresCache.builder(database.dataSource())
                .options(CacheOptions.none().nearCopy(NearCopy.ALWAYS))
                .build());
        copy(copying);
        assertThat(copying.get("k", User.class).get())
                .isNotSameAs(copying.get("k", User.class).get());
    }

    @Test
    void aLoadedValueIsCopiedOnceItIsStored() {
        cache.getOrLoad("loaded", User.class, TTL, () -> new User(7, "seven"));
        assertThat(cache.exists("loaded")).isTrue(); // waits for the store
        await().untilAsserted(() -> assertThat(
                        statementsOf(() -> assertThat(name(cache, "loaded")).isEqualTo("seven")))
                .allSatisfy(NearCopiesTests::isALook));
    }

    /** An entry that can't be read is loaded again: until that is stored there is a valid copy of the old one. */
    @Test
    void aGetWaitsForWhatIsBeingStoredAlsoWhereThereIsACopy() throws Exception {
        PostgresCache patient =
                database.closing(observed().timeout(Duration.ofMinutes(1)).build());
        copy(patient);
        database.execute(
                "update psycache set value = '[]' where key = 'k'; insert into psycache_invalidation (tag) values ('n:k')");
        try (Connection holder = database.unpooled().getConnection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("select 1 from psycache where key = 'k' for update");
            assertThat(patient.getOrLoad("k", User.class, TTL, () -> new User(2, "again")))
                    .isEqualTo(new User(2, "again"));
            CompletableFuture<String> next = CompletableFuture.supplyAsync(() -> name(patient, "k"));
            await().until(() -> database.queryForLong("select count(*) from pg_locks where not granted") > 0);
            holder.rollback();
            assertThat(next.join()).isEqualTo("again");
        }
    }

    @Test
    void rawJsonAndNumbersAreNotCopied() {
        other.put("raw", Map.of("a", 1), TTL);
        other.put("counter", 1L, TTL);
        List<Runnable> gets = List.of(() -> cache.getRaw("raw"), () -> cache.get("counter", Long.class));
        for (Runnable get : gets) {
            get.run();
            assertThat(statementsOf(get))
                    .singleElement()
                    .satisfies(sql -> assertThat(sql).contains("value"));
        }
    }

    @Test
    void anEntryWithATagThatIsNullIsAHitWithoutACopy() {
        other.put("by hand", new User(9, "nine"), TTL);
        database.execute("update psycache set tags = '{null}' where key = 'by hand'");
        assertThat(name(cache, "by hand")).isEqualTo("nine");
        assertThat(name(cache, "by hand")).isEqualTo("nine");
    }

    @Test
    void withoutASizeThereAreNoCopies() {
        PostgresCache off = database.closing(observed().nearMaximumSize(0).build());
        copy(off);
        assertThat(statementsOf(() -> name(off, "k")))
                .singleElement()
                .satisfies(sql -> assertThat(sql).contains("value"));
    }

    @Test
    void whatIsNoSizeAndNoAgeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PostgresCache.builder(database.dataSource()).nearMaximumSize(-1))
                .withMessage("nearMaximumSize must be zero or more but is -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> stale(Duration.ofMillis(-1)))
                .withMessage("maxStaleness must be zero or more but is PT-0.001S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PostgresCache.builder(database.dataSource())
                        .options(stale(Duration.ofMinutes(6)))
                        .build())
                .withMessageStartingWith("maxStaleness must not be longer than logRetention (PT5M)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cache.region("r").withOptions(stale(Duration.ofMinutes(6))))
                .withMessageStartingWith("maxStaleness must not be longer than logRetention (PT5M)");
    }
}
