package io.psycache.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.psycache.CacheRegion;
import io.psycache.spring.PostgresCacheManager;
import io.psycache.transaction.Texts.Undone;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.cache.Cache;

/** Applications with one transaction manager, on pools of 1 and 10, auto-commit on and off; a row and a cache for each test. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TransactionSetting implements Application.Managed {
    private static final String TAG = "tag";

    private final Map<Pool, Application> applications = new HashMap<>();
    private long lastId;

    Application app;
    Transactions transactions;
    Rows rows;
    long id;
    private int askedBefore;
    private IntSupplier counted;
    private int expectedConnections;

    record Pool(int size, boolean autoCommit) {}

    record Setup(boolean declared, Pool pool) {
        @Override
        public String toString() {
            return (declared ? "@Transactional" : "TransactionTemplate") + ", pool of " + pool.size
                    + (pool.autoCommit ? "" : ", auto-commit off");
        }
    }

    static Stream<Setup> setups() {
        return Stream.of(true, false)
                .flatMap(declared -> Stream.of(
                                new Pool(10, true), new Pool(10, false), new Pool(1, true), new Pool(1, false))
                        .map(pool -> new Setup(declared, pool)));
    }

    static Stream<Setup> setupsWithASecondConnection() {
        return setups().filter(setup -> setup.pool.size > 1);
    }

    static Stream<Setup> setupsWithoutASecondConnection() {
        return setups().filter(setup -> setup.pool.size == 1);
    }

    /** Begins a test, with a row of the data, {@code old}, that is not cached. */
    void use(Setup setup) {
        app = applications.computeIfAbsent(setup.pool, pool -> new Application(pool.size, pool.autoCommit, this));
        transactions = app.transactions(setup.declared);
        rows = app.bean(Rows.class);
        id = ++lastId;
        app.database.execute("insert into data values (" + id + ", 'old')");
        counted = app.pool::askedByThisThread;
        askedBefore = counted.getAsInt();
        expectedConnections = 1;
    }

    /** As {@link #use}, with the row cached by somebody else, under {@link #cache()} and with a tag. */
    void useCached(Setup setup) {
        use(setup);
        CacheRegion region = (CacheRegion) cache(app.othersCaches()).getNativeCache();
        region.withTags(tag()).put(storedKey(), "old", String.class, null);
        assertThat(cachedForOthers()).isEqualTo("old");
    }

    @AfterEach
    void everyTransactionTookOneConnection() {
        assertThat(counted.getAsInt() - askedBefore)
                .as("connections that were asked for")
                .isEqualTo(expectedConnections);
    }

    /** What is broken on purpose need not be printed. */
    @BeforeAll
    void quieten() {
        logLevel(LogLevel.ERROR);
    }

    @AfterAll
    void close() {
        logLevel(null);
        applications.values().forEach(Application::close);
    }

    private static void logLevel(@Nullable LogLevel level) {
        LoggingSystem.get(TransactionSetting.class.getClassLoader())
                .setLogLevel(PostgresCacheManager.class.getName(), level);
    }

    /** Counts those of all threads: what a test does outside transactions may be sent by another one. */
    void useAndCountAll(Setup setup) {
        use(setup);
        if (app.cache.inspection().near().looks() == 0) { // the first one would take a connection more later
            app.cache.put("followed", "value");
            app.cache.get("followed", String.class);
            app.cache.get("followed", String.class);
        }
        counted = app.pool::askedByAll;
        askedBefore = counted.getAsInt();
    }

    /** Says that a test has another number of transactions on its thread than one. */
    void expectConnections(int count) {
        expectedConnections += count - 1;
    }

    Cache cache() {
        return cache(app.caches);
    }

    private Cache cache(PostgresCacheManager manager) {
        return manager.getCache("cache" + id);
    }

    private String storedKey() {
        return "cache" + id + "::" + id + "L";
    }

    String tag() {
        return TAG + id;
    }

    void put(String text) {
        cache().put(id, text);
    }

    @Nullable String cached() {
        return cache().get(id, String.class);
    }

    @Nullable String cachedForOthers() {
        return app.elsewhere(() -> cache(app.othersCaches()).get(id, String.class));
    }

    @Nullable String data() {
        return app.database.queryForString("select text from data where id = " + id);
    }

    boolean isInvalidatedByTheTransactionOfTheData() {
        return app.database.queryForLong("select count(*) from data d, psycache_invalidation i where d.id = " + id
                        + " and i.xid::xid = d.xmin and i.id = (select max(id) from psycache_invalidation)")
                == 1;
    }

    /** Runs work in a transaction that is undone, which is what its user sees. */
    void undone(Runnable work) {
        assertThatExceptionOfType(Undone.class)
                .isThrownBy(() -> transactions.required(() -> {
                    work.run();
                    throw new Undone();
                }));
    }

    /** Waits until what the cache had to store after the transactions before is stored. */
    void settle() {
        transactions.required(() -> cache().put("last", id));
        expectedConnections++;
        await(() -> app.elsewhere(() -> cache(app.othersCaches()).get("last") != null));
    }

    static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(condition);
    }
}
