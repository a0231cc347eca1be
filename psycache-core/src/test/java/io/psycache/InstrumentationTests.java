package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.Operation;
import io.psycache.instrumentation.TableContents;
import io.psycache.instrumentation.TableContents.CacheContents;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class InstrumentationTests {
    private static final Duration TTL = Duration.ofMinutes(5);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final List<String> told = new CopyOnWriteArrayList<>();
    private PostgresCache cache = database.closing(cache(new Recorder("", told)));

    private PostgresCache cache(CacheInstrumentation... instrumentations) {
        return PostgresCache.builder(database.dataSource())
                .instrumentations(List.of(instrumentations))
                .build();
    }

    private TransactionTemplate transactions() {
        return new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
    }

    /** What was told since the last call. */
    private List<String> told() {
        List<String> since = List.copyOf(told);
        told.clear();
        return since;
    }

    @Test
    void getIsAHitOfASizeOrAMiss() {
        cache.get("k", String.class);
        assertThat(told()).containsExactly("get [k] null", "miss", "close");

        cache.put("k", "four", TTL);
        assertThat(told()).containsExactly("put [k] null", "stored " + sizeOf("k"), "close");

        cache.get("k", String.class);
        assertThat(told()).containsExactly("get [k] null", "hit " + sizeOf("k"), "close");

        cache.getRaw("absent");
        assertThat(told()).containsExactly("get [absent] null", "miss", "close");
    }

    /** Nothing tells observers of this. */
    private void isStored(String key) {
        assertThat(cache.exists(key)).isTrue();
    }

    private long sizeOf(String key) {
        return database.queryForLong("select pg_column_size(value) from psycache where key = '" + key + "'");
    }

    private long sizeOnPut(String json) {
        return database.queryForLong("select pg_column_size('" + json + "'::jsonb)");
    }

    @Test
    void sizeOnPutIsThatBeforeCompressionAndOnGetThatInTheTable() {
        String json = "\"" + "x".repeat(20_000) + "\"";

        cache.put("k", "x".repeat(20_000), TTL);
        assertThat(told()).contains("stored " + sizeOnPut(json));
        cache.get("k", String.class);
        assertThat(told()).contains("hit " + sizeOf("k"));
        assertThat(sizeOf("k")).isLessThan(1_000);
    }

    @Test
    void keysAreHashedOnRequest() {
        cache = database.closing(PostgresCache.builder(database.dataSource())
                .instrumentations(List.of(new Recorder("", told)))
                .hashKeys(true)
                .build());
        cache.withSpanName("users").get("abc", String.class);
        cache.remove("abc");
        cache.put("abc", 1, TTL);
        transactions().executeWithoutResult(transaction -> cache.put("abc", 1, TTL));
        cache.flush();
        cache.close();

        assertThat(told)
                .contains("get [ba7816bf8f01cfea] users", "remove [ba7816bf8f01cfea] null")
                .contains("put [ba7816bf8f01cfea] null", "deferred put [ba7816bf8f01cfea] null")
                .noneMatch(event -> event.contains("abc"));
    }

    @Test
    void batchIsOneSpanWithAllKeys() {
        cache.putAll(Map.of("a", 1), TTL);
        assertThat(told()).containsExactly("put [a] null", "stored " + sizeOf("a"), "close");

        cache.put("b", 2, TTL);
        told();
        cache.getAll(List.of("a", "x", "b", "a"), Integer.class);
        assertThat(told())
                .containsExactly("get [a, x, b] null", "hit " + sizeOf("a"), "miss", "hit " + sizeOf("b"), "close");

        cache.removeAll(List.of("a", "x", "b"));
        assertThat(told()).containsExactly("remove [a, x, b] null", "removed 2", "close");
    }

    @Test
    void emptyBatchIsNoOperation() {
        cache.putAll(Map.of(), TTL);
        cache.getAll(List.of(), String.class);
        cache.removeAll(List.of());

        assertThat(told()).isEmpty();
    }

    @Test
    void spanNameIsThatOfTheView() {
        PostgresCache view = cache.withSpanName("users").withTags("t");
        view.get("k", String.class);
        view.put("k", 1, TTL);
        view.putIfAbsent("k", 2, TTL);
        view.increment("k");
        view.remove("k");
        view.invalidateTags("t");
        view.removeByPrefix("k");
        view.flush();

        assertThat(told().stream().filter(event -> event.contains("users")))
                .containsExactly(
                        "get [k] users",
                        "put [k] users",
                        "put [k] users",
                        "put [k] users",
                        "remove [k] users",
                        "flush [] users",
                        "flush [] users",
                        "flush [] users");
    }

    @Test
    void regionHasItsOwnName() {
        CacheRegion region = cache.region("r");
        CacheRegion.Lookup miss = region.lookup("k", stored -> String.class);
        region.put(miss, "v", String.class, TTL);
        isStored("k");
        region.evict("k");
        region.clear();

        assertThat(told().stream().filter(event -> event.endsWith(" r")))
                .containsExactly("get [k] r", "put [k] r", "deferred put [k] r", "remove [k] r", "flush [] r");
    }

    @Test
    void loadIsAGetAndAPut() {
        cache.getOrLoad("k", String.class, () -> {
            told.add("load");
            return "v";
        });
        isStored("k");
        assertThat(told())
                .containsExactly(
                        "get [k] null",
                        "miss",
                        "close",
                        "load",
                        "put [k] null",
                        "queued 3",
                        "close",
                        "deferred put [k] null",
                        "stored " + sizeOf("k"),
                        "close");

        cache.getOrLoad("k", String.class, () -> "w");
        assertThat(told()).containsExactly("get [k] null", "hit " + sizeOf("k"), "close");
    }

    @Test
    void fencedLoadIsSaidToBe() {
        cache.getOrLoad("k", String.class, () -> {
            cache.remove("k");
            told();
            return "v";
        });

        assertThat(cache.exists("k")).isFalse();
        assertThat(told())
                .containsExactly("put [k] null", "queued 3", "close", "deferred put [k] null", "fenced", "close");
    }

    @Test
    void putIfAbsentIsStoredOrNot() {
        cache.putIfAbsent("k", 1, TTL);
        assertThat(told()).containsExactly("put [k] null", "stored " + sizeOf("k"), "close");

        cache.putIfAbsent("k", 1, TTL);
        assertThat(told()).containsExactly("put [k] null", "close");
    }

    @Test
    void removalIsCounted() {
        cache.put("k", 1, TTL);
        told();
        cache.remove("k");
        assertThat(told()).containsExactly("remove [k] null", "removed 1", "close");

        cache.remove("k");
        assertThat(told()).containsExactly("remove [k] null", "removed 0", "close");
    }

    @Test
    void removalInATransactionIsCounted() {
        cache.put("k", 1, TTL);
        told();
        transactions().executeWithoutResult(transaction -> {
            cache.remove("k");
            cache.flush();
        });

        assertThat(told())
                .containsExactly("remove [k] null", "removed 1", "close", "flush [] null", "removed 0", "close");
    }

    @Test
    void flushIsCounted() {
        cache.putAll(Map.of("user:1", 1, "user:2", 2, "other", 3), TTL);
        told();
        cache.removeByPrefix("user:");
        assertThat(told()).containsExactly("flush [] null", "removed 2", "close");

        cache.invalidateTags("t");
        assertThat(told()).containsExactly("flush [] null", "removed 0", "close");

        cache.flush();
        assertThat(told()).containsExactly("flush [] null", "removed 1", "close");
    }

    @Test
    void cleanupIsCounted() {
        cache.put("k", 1, Duration.ofNanos(1));
        told();
        cache.cleanupExpired();

        assertThat(told())
                .containsExactly(
                        "cleanup [] null", "removed 1", "contents TableContents[caches=[], logEntries=1]", "close");
    }

    @Test
    void cleanupTellsWhatEachCacheHolds() {
        cache.region("users").put("a", "v", String.class, TTL);
        cache.region("users").put("b", "v", String.class, TTL);
        cache.withTags("t").put("c", "longer", TTL);
        cache.invalidateTags("t");
        told();
        cache.cleanupExpired();

        CacheContents users = new CacheContents("users", 2, 0, 2 * sizeOf("a"));
        CacheContents none = new CacheContents("", 1, 0, sizeOf("c"));
        assertThat(told()).contains("contents " + new TableContents(List.of(none, users), 1));
    }

    @Test
    void putInATransactionIsDeferred() {
        TransactionTemplate transactions = transactions();
        PostgresCache users = cache.withSpanName("users");
        transactions.executeWithoutResult(transaction -> users.put("k", 1, TTL));
        cache.close();

        assertThat(told())
                .containsExactly(
                        "put [k] users",
                        "queued 1",
                        "close",
                        "deferred put [k] users",
                        "stored " + sizeOf("k"),
                        "close");
    }

    @Test
    void deferredPutThatAnotherTransactionOvertookIsFenced() {
        TransactionTemplate transactions = transactions();
        transactions.executeWithoutResult(transaction -> {
            cache.put("k", 1, TTL);
            cache.remove("k");
            told();
        });
        cache.close();

        assertThat(told()).containsExactly("deferred put [k] null", "fenced", "close");
    }

    @Test
    void deferredPutIsDroppedWhereTheDatabaseFailsAndAfterTheClose() {
        TransactionTemplate transactions = transactions();
        transactions.executeWithoutResult(transaction -> {
            cache.put("k", 1, TTL);
            database.execute("alter table psycache rename to moved");
            told();
        });
        await().until(() -> told.contains("close"));
        assertThat(told()).containsExactly("deferred put [k] null", "error BadSqlGrammarException", "dropped", "close");

        database.execute("alter table moved rename to psycache");
        transactions.executeWithoutResult(transaction -> {
            cache.put("k", 1, TTL);
            told();
            cache.close();
        });
        assertThat(told()).containsExactly("deferred put [k] null", "dropped", "close");
    }

    @Test
    void entryThatCannotBeReadIsAMiss() {
        cache.put("k", "text", TTL);
        told();

        assertThatThrownBy(() -> cache.get("k", Integer.class)).isInstanceOf(CacheValueException.class);
        assertThat(told()).containsExactly("get [k] null", "miss", "close");
    }

    @Test
    void incrementOfSomethingElseIsAnError() {
        cache.put("k", "text", TTL);
        told();

        assertThatThrownBy(() -> cache.increment("k")).isInstanceOf(CacheValueException.class);
        assertThat(told()).containsExactly("put [k] null", "error CacheValueException", "close");
    }

    @Test
    void failureOfTheDatabaseIsAnErrorOfEveryOperation() {
        database.execute("drop table psycache, psycache_invalidation");

        failing("get [k] null", () -> cache.get("k", String.class));
        failing("get [k] null", () -> cache.getOrLoad("k", String.class, () -> "v"));
        failing("get [k, l] null", () -> cache.getAll(List.of("k", "l"), String.class));
        failing("put [k] null", () -> cache.put("k", 1, TTL));
        failing("put [k] null", () -> cache.putAll(Map.of("k", 1), TTL));
        failing("put [k] null", () -> cache.putIfAbsent("k", 1, TTL));
        failing("put [k] null", () -> cache.increment("k"));
        failing("remove [k] null", () -> cache.remove("k"));
        failing("remove [k] null", () -> cache.removeAll(List.of("k")));
        failing("flush [] null", () -> cache.invalidateTags("t"));
        failing("flush [] null", () -> cache.removeByPrefix("k"));
        failing("flush [] null", () -> cache.flush());
        failing("cleanup [] null", () -> cache.cleanupExpired());
    }

    private void failing(String start, ThrowingCallable call) {
        DataAccessException thrown =
                org.assertj.core.api.Assertions.catchThrowableOfType(DataAccessException.class, call);

        assertThat(thrown).as(start).isNotNull();
        assertThat(told()).containsExactly(start, "error " + thrown.getClass().getSimpleName(), "close");
    }

    @Test
    void refusedArgumentsAreNoOperation() {
        assertThatThrownBy(() -> cache.get("", String.class)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> cache.put("k", "\0", TTL)).isInstanceOf(CacheValueException.class);

        assertThat(told()).isEmpty();
    }

    @Test
    void allAreToldInTheirOrder() {
        try (PostgresCache observed = cache(new Recorder("1 ", told), new Recorder("2 ", told))) {
            observed.get("k", String.class);
        }
        assertThat(told())
                .containsExactly("1 get [k] null", "2 get [k] null", "1 miss", "2 miss", "1 close", "2 close");
    }

    @Test
    void oneThatThrowsEverywhereBreaksNothingAndTheOthersAreTold() {
        List<String> expected = eventsOf(cache);
        database.execute("truncate psycache, psycache_invalidation");
        for (CacheInstrumentation broken : Arrays.asList(
                new Broken(true, null),
                new Broken(false, new IllegalStateException("broken span")),
                new Broken(false, new NoSuchMethodError("of another version of a library")),
                new Broken(false, null))) {
            try (PostgresCache observed = cache(new Recorder("", told), broken)) {
                assertThat(eventsOf(observed)).isEqualTo(expected);
            }
            database.execute("truncate psycache, psycache_invalidation");
            try (PostgresCache observed = cache(broken, new Recorder("", told))) {
                assertThat(eventsOf(observed)).isEqualTo(expected);
            }
            database.execute("truncate psycache, psycache_invalidation");
        }
    }

    private List<String> eventsOf(PostgresCache observed) {
        told();
        observed.put("k", 1, TTL);
        assertThat(observed.get("k", Integer.class)).contains(1);
        assertThat(observed.get("x", Integer.class)).isEmpty();
        assertThat(observed.increment("k")).isEqualTo(2);
        assertThatThrownBy(() -> observed.increment("k", Long.MAX_VALUE, TTL)).isInstanceOf(CacheValueException.class);
        assertThat(observed.getOrLoad("l", String.class, () -> "v")).isEqualTo("v");
        await().until(() ->
                told.contains("stored 10") && told.get(told.size() - 1).equals("close"));
        assertThat(observed.exists("l")).isTrue();
        assertThat(observed.remove("k")).isTrue();
        assertThat(observed.flush()).isEqualTo(1);
        assertThat(observed.cleanupExpired()).isZero();
        return told();
    }

    /** Writes down what it is told. */
    private record Recorder(String name, List<String> told) implements CacheInstrumentation {
        private RecordingSpan start(String event) {
            told.add(name + event);
            return new RecordingSpan(name, told);
        }

        @Override
        public Span startSpan(Operation operation, List<String> keys, String spanName) {
            return start(operation.tag() + " " + keys + " " + spanName);
        }

        @Override
        public Span startDeferredPutSpan(List<String> keys, String spanName) {
            return start("deferred put " + keys + " " + spanName);
        }
    }

    private record RecordingSpan(String name, List<String> told) implements CacheInstrumentation.Span {
        @Override
        public void recordHit(int itemSize) {
            told.add(name + "hit " + itemSize);
        }

        @Override
        public void recordMiss() {
            told.add(name + "miss");
        }

        @Override
        public void recordStored(int itemSize) {
            told.add(name + "stored " + itemSize);
        }

        @Override
        public void recordQueued(int jsonSize) {
            told.add(name + "queued " + jsonSize);
        }

        @Override
        public void recordFenced() {
            told.add(name + "fenced");
        }

        @Override
        public void recordDropped() {
            told.add(name + "dropped");
        }

        @Override
        public void recordContents(TableContents contents) {
            told.add(name + "contents " + contents);
        }

        @Override
        public void recordRemoved(long count) {
            told.add(name + "removed " + count);
        }

        @Override
        public void recordError(Throwable error) {
            told.add(name + "error " + error.getClass().getSimpleName());
        }

        @Override
        public void close() {
            told.add(name + "close");
        }
    }

    /** Throws when a span starts, or else in every method of its spans, or else has no spans. */
    private record Broken(boolean atStart, Throwable inSpan) implements CacheInstrumentation {
        @Override
        public Span startSpan(Operation operation, List<String> keys, String spanName) {
            if (atStart) {
                throw new IllegalStateException("broken start");
            }
            return inSpan == null ? null : throwing();
        }

        private Span throwing() {
            return (Span) java.lang.reflect.Proxy.newProxyInstance(
                    Span.class.getClassLoader(), new Class<?>[] {Span.class}, (proxy, method, arguments) -> {
                        throw inSpan;
                    });
        }
    }
}
