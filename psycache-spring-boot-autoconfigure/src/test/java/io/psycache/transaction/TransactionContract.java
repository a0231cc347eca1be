package io.psycache.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.psycache.CacheSettings.Partition;
import io.psycache.PostgresCache;
import io.psycache.transaction.Texts.Undone;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;

/** What the cache does inside transactions, of whatever manager: what the user sees, what others see, and on how many connections. */
abstract class TransactionContract extends TransactionSetting {

    /** One way to invalidate {@link #cachedForOthers()}. */
    record Invalidation(String name, Consumer<TransactionContract> run) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Invalidation> allInvalidations() {
        return Stream.of(
                new Invalidation("evict", test -> test.cache().evict(test.id)),
                new Invalidation("evictIfPresent", test -> test.cache().evictIfPresent(test.id)),
                new Invalidation("clear", test -> test.cache().clear()),
                new Invalidation("invalidate", test -> test.cache().invalidate()),
                new Invalidation("tag", test -> test.app.cache.invalidateTags(test.tag())));
    }

    static Stream<Arguments> invalidations() {
        return setups().flatMap(setup -> allInvalidations().map(invalidation -> Arguments.of(setup, invalidation)));
    }

    // get

    @ParameterizedTest
    @MethodSource("setups")
    void aGetIsPartOfTheTransaction(Setup setup) {
        useCached(setup);
        transactions.required(() -> {
            rows.write(id, "new");
            assertThat(cached()).isEqualTo("old");
            assertThat(cache().get("missing")).isNull();
        });
        assertThat(data()).isEqualTo("new");
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aFailingGetIsAMissAndLeavesTheTransactionAsItWas(Setup setup) {
        useCached(setup);
        app.database.execute("alter table psycache rename to psycache_away");
        try {
            transactions.required(() -> {
                assertThat(cached()).isNull();
                rows.write(id, "new");
            });
        } finally {
            app.database.execute("alter table psycache_away rename to psycache");
        }
        assertThat(data()).isEqualTo("new");
    }

    // put

    @ParameterizedTest
    @MethodSource("setups")
    void aPutAfterAnOwnWriteIsStoredAfterTheCommit(Setup setup) {
        useCached(setup);
        transactions.required(() -> {
            rows.write(id, "new");
            put("new");
            assertThat(cached()).as("in the transaction").isNull();
            assertThat(cachedForOthers()).as("before the commit").isEqualTo("old");
        });
        assertThat(isInvalidatedByTheTransactionOfTheData()).isTrue();
        await(() -> "new".equals(cachedForOthers()));
        assertThat(data()).isEqualTo("new");
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aPutIsDroppedOnRollback(Setup setup) {
        useCached(setup);
        undone(() -> {
            rows.write(id, "new");
            put("new");
        });
        settle();
        assertThat(cachedForOthers()).isEqualTo("old");
        assertThat(data()).isEqualTo("old");
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aPutIsDroppedWhereTheCommitFails(Setup setup) {
        useCached(setup);
        app.database.execute("create table if not exists late (id bigint unique deferrable initially deferred)");
        assertThatThrownBy(() -> transactions.required(() -> {
                    app.jdbc.update("insert into late values (?), (?)", id, id);
                    put("new");
                }))
                .isInstanceOf(RuntimeException.class)
                .hasStackTraceContaining("late_id_key");
        settle();
        assertThat(cachedForOthers()).isEqualTo("old");
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aPutIsDroppedWhereTheCommitBecomesARollbackUnheard(Setup setup) {
        useCached(setup);
        catchThrowable(() -> transactions.required(() -> {
            rows.write(id, "new");
            put("new");
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> app.jdbc.execute("select 1 / 0"));
        }));
        settle();
        assertThat(cachedForOthers()).isEqualTo("old");
        assertThat(data()).isEqualTo("old");
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aPutOfASavepointThatSqlRolledBackIsDropped(Setup setup) {
        useCached(setup);
        transactions.required(() -> {
            app.jdbc.execute("savepoint own");
            rows.write(id, "new");
            put("new");
            app.jdbc.execute("rollback to savepoint own");
        });
        settle();
        assertThat(cachedForOthers()).isEqualTo("old");
        assertThat(data()).isEqualTo("old");
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aLoadBeforeOwnWritesIsStoredAfterTheCommit(Setup setup) {
        use(setup);
        transactions.required(() -> {
            assertThat(cache().get(id, () -> rows.read(id))).isEqualTo("old");
            assertThat(cachedForOthers()).as("before the commit").isNull();
        });
        await(() -> "old".equals(cachedForOthers()));
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aLoadThatTheTransactionInvalidatesLaterIsNotStored(Setup setup) {
        use(setup);
        transactions.required(() -> {
            assertThat(cache().get(id, () -> rows.read(id))).isEqualTo("old");
            rows.write(id, "new");
            cache().evict(id);
        });
        settle();
        assertThat(cachedForOthers()).isNull();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aLoadAfterAnOwnWriteIsNotStored(Setup setup) {
        use(setup);
        transactions.required(() -> {
            rows.write(id, "new");
            assertThat(cache().get(id, () -> rows.read(id))).isEqualTo("new");
        });
        settle();
        assertThat(cachedForOthers()).isNull();
        assertThat(data()).isEqualTo("new");
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aLoadIsDroppedOnRollback(Setup setup) {
        use(setup);
        undone(() -> assertThat(cache().get(id, () -> rows.read(id))).isEqualTo("old"));
        settle();
        assertThat(cachedForOthers()).isNull();
    }

    // evict, evictIfPresent, clear, invalidate, tag

    @ParameterizedTest
    @MethodSource("invalidations")
    void anInvalidationCommitsWithTheData(Setup setup, Invalidation invalidation) {
        useCached(setup);
        transactions.required(() -> {
            rows.write(id, "new");
            invalidation.run.accept(this);
            assertThat(cached()).as("in the transaction").isNull();
            assertThat(cachedForOthers()).as("before the commit").isEqualTo("old");
        });
        assertThat(cachedForOthers()).isNull();
        assertThat(isInvalidatedByTheTransactionOfTheData()).isTrue();
        assertThat(data()).isEqualTo("new");
    }

    @ParameterizedTest
    @MethodSource("invalidations")
    void anInvalidationRollsBackWithTheData(Setup setup, Invalidation invalidation) {
        useCached(setup);
        undone(() -> {
            rows.write(id, "new");
            invalidation.run.accept(this);
        });
        assertThat(cachedForOthers()).isEqualTo("old");
        assertThat(data()).isEqualTo("old");
    }

    @ParameterizedTest
    @MethodSource("invalidations")
    void aFailingInvalidationUndoesTheTransaction(Setup setup, Invalidation invalidation) {
        useCached(setup);
        withoutTheLog(() -> assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() -> transactions.required(() -> {
                    rows.write(id, "new");
                    invalidation.run.accept(this);
                })));
        assertThat(data()).isEqualTo("old");
        assertThat(cachedForOthers()).isEqualTo("old");
    }

    /** The driver says nothing of a commit that became a rollback, so Spring takes it for a commit. */
    @ParameterizedTest
    @MethodSource("setups")
    void aFailingEvictionThatTheUserHidesUndoesTheTransactionAllTheSame(Setup setup) {
        useCached(setup);
        withoutTheLog(() -> catchThrowable(() -> transactions.required(() -> {
            rows.write(id, "new");
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> cache().evict(id));
        })));
        assertThat(data()).isEqualTo("old");
        assertThat(cachedForOthers()).isEqualTo("old");
    }

    private void withoutTheLog(Runnable work) {
        app.database.execute("alter table psycache_invalidation rename to psycache_away");
        try {
            work.run();
        } finally {
            app.database.execute("alter table psycache_away rename to psycache_invalidation");
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void evictIfPresentAndInvalidateSayWhatWasVisible(Setup setup) {
        useCached(setup);
        transactions.required(() -> {
            assertThat(cache().evictIfPresent(id)).isTrue();
            assertThat(cache().evictIfPresent(id)).as("again").isFalse();
            assertThat(cache().invalidate()).isFalse();
        });
        assertThat(cachedForOthers()).isNull();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void invalidateSaysThatAnEntryWasVisible(Setup setup) {
        useCached(setup);
        undone(() -> assertThat(cache().invalidate()).isTrue());
        assertThat(cachedForOthers()).isEqualTo("old");
    }

    // putIfAbsent, increment, retrieve

    @ParameterizedTest
    @MethodSource("setups")
    void putIfAbsentFindsWhatIsThere(Setup setup) {
        useCached(setup);
        transactions.required(() -> {
            rows.write(id, "new");
            assertThat(cache().putIfAbsent(id, "new").get()).isEqualTo("old");
        });
        settle();
        assertThat(cachedForOthers()).isEqualTo("old");
        assertThat(data()).isEqualTo("new");
    }

    @ParameterizedTest
    @MethodSource("setups")
    void putIfAbsentStoresAfterTheCommit(Setup setup) {
        use(setup);
        undone(() -> assertThat(cache().putIfAbsent(id, "undone")).isNull());
        transactions.required(() -> {
            assertThat(cache().putIfAbsent(id, "new")).isNull();
            assertThat(cachedForOthers()).as("before the commit").isNull();
        });
        expectConnections(2);
        await(() -> "new".equals(cachedForOthers()));
    }

    @ParameterizedTest
    @MethodSource("setupsWithASecondConnection")
    void anIncrementDoesNotRollBackWithTheData(Setup setup) {
        use(setup);
        String counter = "counter" + id;
        undone(() -> {
            rows.write(id, "new");
            assertThat(app.cache.increment(counter)).isEqualTo(1);
            assertThat(app.<Object>elsewhere(() -> app.othersCache().get(counter, Long.class)))
                    .as("before the rollback")
                    .hasToString("Optional[1]");
        });
        assertThat(app.othersCache().get(counter, Long.class)).contains(1L);
        assertThat(data()).isEqualTo("old");
    }

    @ParameterizedTest
    @MethodSource("setupsWithoutASecondConnection")
    void anIncrementThatFindsNoConnectionFailsInTimeAndLeavesTheTransactionAsItWas(Setup setup) {
        use(setup);
        try (PostgresCache hasty = PostgresCache.builder(app.pool)
                .partition(Partition.SINGLE)
                .timeout(Duration.ofMillis(500))
                .build()) {
            transactions.required(() -> {
                rows.write(id, "new");
                assertThatExceptionOfType(QueryTimeoutException.class)
                        .isThrownBy(() -> hasty.increment("counter" + id));
            });
        }
        assertThat(data()).isEqualTo("new");
    }

    @ParameterizedTest
    @MethodSource("setups")
    void asynchronousLookupsAreMissesWithoutSql(Setup setup) {
        useCached(setup);
        int before = app.pool.askedByAll();
        transactions.required(() -> {
            cache().evict(id);
            assertThat(cache().retrieve(id)).isNull();
            assertThat(cache().retrieve(id, () -> CompletableFuture.completedFuture("loaded")))
                    .isCompletedWithValue("loaded");
        });
        assertThat(app.pool.askedByAll() - before).isEqualTo(1);
        settle();
        assertThat(cachedForOthers()).isNull();
    }

    // read-only, SERIALIZABLE, aborted

    @ParameterizedTest
    @MethodSource("setups")
    void aReadOnlyTransactionGetsAndPutsAndItsEvictionComesAfterIt(Setup setup) {
        useCached(setup);
        transactions.readOnly(() -> {
            assertThat(cached()).isEqualTo("old");
            assertThat(cache().get("loaded", () -> rows.read(id))).isEqualTo("old");
            cache().evict(id);
            assertThat(cachedForOthers()).as("before the end").isEqualTo("old");
        });
        await(() -> cachedForOthers() == null);
        await(() -> app.elsewhere(() -> cache().get("loaded")) != null);
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aSerializableTransactionPassesTheCacheByButInvalidates(Setup setup) {
        useCached(setup);
        transactions.serializable(() -> {
            assertThat(cached()).isNull();
            assertThat(cache().get("loaded", () -> rows.read(id))).isEqualTo("old");
            rows.write(id, "new");
            cache().evict(id);
            assertThat(cachedForOthers()).as("before the commit").isEqualTo("old");
        });
        assertThat(isInvalidatedByTheTransactionOfTheData()).isTrue();
        assertThat(cachedForOthers()).isNull();
        settle();
        assertThat(app.<Object>elsewhere(() -> cache().get("loaded"))).isNull();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aPutInASerializableTransactionOnlyInvalidates(Setup setup) {
        useCached(setup);
        transactions.serializable(() -> {
            rows.write(id, "new");
            put("new");
        });
        settle();
        assertThat(cachedForOthers()).isNull();
        assertThat(data()).isEqualTo("new");
    }

    @ParameterizedTest
    @MethodSource("setups")
    void inAnAbortedTransactionAGetIsAMissAndAPutIsNotStored(Setup setup) {
        useCached(setup);
        undone(() -> {
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> app.jdbc.execute("select 1 / 0"));
            assertThat(cached()).isNull();
            assertThat(app.cache.get("without SQL, which would fail", String.class))
                    .isEmpty();
            assertThat(cache().get("loaded", () -> "loaded")).isEqualTo("loaded");
            put("new");
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> cache().evict(id));
        });
        settle();
        assertThat(cachedForOthers()).isEqualTo("old");
        assertThat(app.<Object>elsewhere(() -> cache().get("loaded"))).isNull();
    }

    // transactions within transactions

    @ParameterizedTest
    @MethodSource("setupsWithASecondConnection")
    void aNewTransactionCommitsItsEvictionAloneAndDoesNotSeeThatOfTheOuter(Setup setup) {
        useCached(setup);
        undone(() -> {
            cache().clear();
            transactions.requiresNew(() -> {
                assertThat(cached()).isEqualTo("old");
                rows.write(id, "new");
                cache().evict(id);
            });
            assertThat(cachedForOthers()).as("before the end of the outer").isNull();
        });
        expectConnections(2);
        assertThat(cachedForOthers()).isNull();
        assertThat(data()).isEqualTo("new");
    }

    @ParameterizedTest
    @MethodSource("setupsWithASecondConnection")
    void anEvictionSurvivesANewTransactionThatIsUndone(Setup setup) {
        useCached(setup);
        transactions.required(() -> {
            rows.write(id, "new");
            cache().evict(id);
            assertThatExceptionOfType(Undone.class)
                    .isThrownBy(() -> transactions.requiresNew(() -> {
                        put("undone");
                        throw new Undone();
                    }));
        });
        expectConnections(2);
        settle();
        assertThat(cachedForOthers()).isNull();
        assertThat(data()).isEqualTo("new");
    }

    // cached and transactional on one method

    @ParameterizedTest
    @MethodSource("setups")
    void anEvictionOfATransactionalMethodIsPartOfItsTransaction(Setup setup) {
        use(setup);
        Texts texts = app.bean(Texts.class);
        texts.change(id, "new");
        assertThat(isInvalidatedByTheTransactionOfTheData()).isTrue();
        assertThatExceptionOfType(Undone.class).isThrownBy(() -> texts.fail(id, "undone"));
        expectConnections(2);
        assertThat(data()).isEqualTo("new");
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aHitOfATransactionalMethodOpensNoTransaction(Setup setup) {
        useAndCountAll(setup);
        Texts texts = app.bean(Texts.class);
        assertThat(texts.find(id)).isEqualTo("old");
        app.database.execute("update data set text = 'not read' where id = " + id);
        expectConnections(4); // lookup, transaction and put of the miss, lookup of the hit
        assertThat(texts.find(id)).isEqualTo("old");
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aReplacementByATransactionalMethodIsStoredAfterItsCommit(Setup setup) {
        useAndCountAll(setup);
        Texts texts = app.bean(Texts.class);
        assertThat(texts.replace(id, "new")).isEqualTo("new");
        assertThat(isInvalidatedByTheTransactionOfTheData()).isTrue();
        await(() -> app.database.queryForLong("select count(*) from psycache where key = 'texts::" + id + "L'") == 1);
        expectConnections(3); // transaction, put after it, lookup
        assertThat(texts.find(id)).isEqualTo("new");
    }
}
