package io.psycache.interleaving;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.CacheLoadException;
import io.psycache.CacheRegion;
import io.psycache.CacheRegion.Beginning;
import io.psycache.CacheRegion.Lookup;
import io.psycache.PostgresCache;
import io.psycache.internal.store.LoadToken;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;

/** What one thread of an application does, in a transaction of its own or in none, on the one row and the one entry of a trial. */
final class Caller {
    static final Duration TTL = Duration.ofHours(1);

    final SessionDataSource dataSource;
    private final Runnable pause;

    JdbcTemplate jdbc;
    private DataSourceTransactionManager transactions;
    Trial trial = new Trial(0);
    private Node node;
    PostgresCache cache;

    Collector collector;

    @Nullable TransactionStatus status;

    private @Nullable Object savepoint;

    private boolean missed;

    @Nullable Lookup miss;

    @Nullable Integer loaded;

    @Nullable LoadToken token;

    List<LoadToken> tokens = List.of();

    private @Nullable Beginning beginning;

    private @Nullable PersistenceContext context;

    private boolean backgroundIsOpen;

    /** @param pause waits on this thread until the session's next step lets it go on */
    Caller(SessionDataSource dataSource, Runnable pause) {
        this.dataSource = dataSource;
        this.pause = pause;
    }

    /**
     * @param pool of the process that this thread belongs to
     * @param hasOpenBackground whether its background may work at any time
     */
    void start(Trial next, Node itsNode, DataSource pool, boolean hasOpenBackground) {
        backgroundIsOpen = hasOpenBackground;
        jdbc = new JdbcTemplate(pool);
        transactions = new DataSourceTransactionManager(pool);
        trial = next;
        node = itsNode;
        cache = node.cache();
        collector = new Collector(dataSource);
        miss = null;
        missed = false;
        loaded = null;
        token = null;
        beginning = null;
        context = null;
    }

    CacheRegion region() {
        return cache.region(trial.region()).withTags(trial.tag());
    }

    void begin(int isolation) {
        DefaultTransactionDefinition definition = new DefaultTransactionDefinition();
        definition.setIsolationLevel(isolation);
        status = transactions.getTransaction(definition);
    }

    void beginReadCommitted() {
        if (status == null) {
            begin(TransactionDefinition.ISOLATION_DEFAULT);
        }
    }

    TransactionStatus transaction() {
        return Objects.requireNonNull(status, "no transaction");
    }

    void commit() {
        TransactionStatus ended = transaction();
        status = null;
        transactions.commit(ended);
    }

    void rollback() {
        TransactionStatus ended = transaction();
        status = null;
        transactions.rollback(ended);
    }

    /** The row, as this thread sees it now. */
    int data() {
        return Objects.requireNonNull(
                jdbc.queryForObject("select v from data where k = ?", Integer.class, trial.key()));
    }

    void write(int value) {
        beginReadCommitted();
        jdbc.update("update data set v = ? where k = ?", value, trial.key());
    }

    /** Adds 1 to the row, so that later commits have higher values. */
    void writeNext() {
        beginReadCommitted();
        loaded = jdbc.queryForObject("update data set v = v + 1 where k = ? returning v", Integer.class, trial.key());
    }

    /** A change of something else, so that the transaction has an id. */
    void touch() {
        beginReadCommitted();
        jdbc.update("insert into touched values (1)");
    }

    /** A lookup; a hit must be what this thread sees. */
    void get() {
        lookUp(value -> trial.hit(value, data()));
    }

    /** A lookup where writers evict after their commit; a hit must not be older than the last eviction that had ended. */
    void getEvictedLater() {
        int least = trial.evicted();
        lookUp(value -> trial.hit(value, IntStream.rangeClosed(least, data()).toArray()));
    }

    /** A lookup of what only grows; a hit must be what was committed when it began, or later while it lasted. */
    void getGrowing() {
        int least = data();
        lookUp(value -> trial.hit(value, IntStream.rangeClosed(least, data()).toArray()));
    }

    /** {@link #getGrowing} of something outside the database, as of the last put that had ended. */
    void getPut() {
        int least = trial.evicted();
        lookUp(value ->
                trial.hit(value, IntStream.rangeClosed(least, trial.stated()).toArray()));
    }

    /** {@link #pause}s wherever the cache sends a statement on this thread, and wherever one was answered. */
    void byStatements(Step.Action action) throws Exception {
        dataSource.pauseAtStatements(pause);
        try {
            action.run(this);
        } finally {
            dataSource.pauseAtStatements(null);
        }
    }

    /** Puts what {@link #copy} copies. */
    void putToCopy() {
        cache.get("absent", Integer.class); // a miss begins an epoch if a crash has ended the last one
        put(0);
        putBeside();
    }

    /** Puts what {@link #look} looks for. */
    void putBeside() {
        cache.put(beside(), 0, TTL);
    }

    /** Makes copies of what is there, and follows the log: a first look begins to, and ends older copies. */
    void copy() {
        for (int i = 0; !hasCopy(); i++) {
            assertThat(i).as("gets that were no copies").isLessThan(20);
            look();
        }
        look();
    }

    private boolean hasCopy() {
        int gets = dataSource.gets();
        get();
        return dataSource.gets() == gets;
    }

    /** A look at the log: a get of another key, of which there is a copy. */
    void look() {
        cache.get(beside(), Integer.class);
    }

    private String beside() {
        return trial.prefix() + "beside";
    }

    /** A lookup of something outside the database. */
    void getStated() {
        lookUp(value -> trial.hit(value, trial.stated()));
    }

    void lookUp(IntConsumer hit) {
        int gets = dataSource.gets();
        Lookup found = region().lookup(trial.key(), type -> Integer.class);
        if (found.isHit() && dataSource.gets() == gets) {
            trial.copied();
        }
        miss = found.isHit() ? null : found;
        missed = miss != null;
        if (found.isHit()) {
            hit.accept((Integer) Objects.requireNonNull(found.value()));
        }
    }

    /** What a lookup of a broken scheme found: one value, or nothing. */
    void found(List<Integer> values) {
        loaded = null;
        values.forEach(value -> trial.hit(value, data()));
        missed = values.isEmpty();
    }

    void load() {
        if (missed) {
            loaded = data();
        }
    }

    void putLoaded() throws InterruptedException {
        queueLoaded();
        storeQueued();
    }

    /** A put of what was loaded that waits in the background. */
    void putLoadedBehind() {
        node.noteQueues();
        queueLoaded();
    }

    private void queueLoaded() {
        if (miss != null) {
            region().put(miss, Objects.requireNonNull(loaded), Integer.class, TTL);
        }
    }

    /** What was loaded outside a transaction is stored as part of its step. */
    private void storeQueued() throws InterruptedException {
        if (status != null) {
            return;
        }
        if (!backgroundIsOpen) {
            dataSource.openBackground();
        }
        node.awaitStored();
        if (!backgroundIsOpen) {
            dataSource.closeBackground();
        }
    }

    boolean isStored() {
        return !jdbc.queryForList("select 1 from psycache where key = ?", trial.key())
                .isEmpty();
    }

    void put(@Nullable Integer value) {
        region().put(trial.key(), value, Integer.class, TTL);
    }

    void putFor(int value, long millis) {
        region().put(trial.key(), value, Integer.class, Duration.ofMillis(millis));
    }

    /** What {@code @CachePut} does before its method. */
    void mark() {
        beginning = region().begin();
    }

    void openContext() {
        context = new PersistenceContext();
    }

    Map<?, Boolean> contexts() {
        return PersistenceContext.bound(context);
    }

    /** What a method returns that asks the bound context. */
    void find() {
        loaded = Objects.requireNonNull(context).find(this);
    }

    /** What a method returns that only reads. */
    void read() {
        loaded = data();
    }

    /** What {@code @CachePut} does after its method. */
    void putMade() {
        region().put(
                        Objects.requireNonNull(beginning),
                        trial.key(),
                        Objects.requireNonNull(loaded),
                        Integer.class,
                        TTL);
    }

    void putIfAbsent(int value) {
        cache.withTags(trial.tag()).putIfAbsent(trial.key(), value, TTL);
    }

    /** As Spring's {@code putIfAbsent} does; the entry there is, if there is one, must be what this thread sees. */
    void putReadIfAbsent() {
        Lookup found = region().putIfAbsent(
                        trial.key(), Objects.requireNonNull(loaded), Integer.class, TTL, type -> Integer.class);
        if (found.isHit()) {
            trial.hit((Integer) Objects.requireNonNull(found.value()), data());
        }
    }

    void savepoint() {
        beginReadCommitted();
        savepoint = transaction().createSavepoint();
    }

    void rollbackToSavepoint() {
        transaction().rollbackToSavepoint(Objects.requireNonNull(savepoint));
    }

    void increment() {
        int begin = trial.counter().begin();
        cache.increment(trial.key(), 1, TTL);
        trial.counter().end(begin);
    }

    void commitReset() {
        commit();
        trial.counter().reset();
    }

    /** The counter, or 0; it lost none of the increments that began after the last reset. */
    void count() {
        long count = cache.get(trial.key(), Long.class).orElse(0L);
        trial.counted(count);
    }

    /** What was put in a transaction is stored now. */
    void store() {
        dataSource.openBackground();
        node.close();
    }

    /** A value that was committed when the call began, or later while it lasted. */
    void getOrLoad() throws InterruptedException {
        int before = data();
        Integer value = cache.withTags(trial.tag()).getOrLoad(trial.key(), Integer.class, TTL, this::slowly);
        storeQueued();
        trial.hit(Objects.requireNonNull(value), before, data());
    }

    /** {@link #getOrLoad} whose load is over at once. */
    void getOrLoadAtOnce() throws InterruptedException {
        int before = data();
        Integer value = cache.withTags(trial.tag()).getOrLoad(trial.key(), Integer.class, TTL, this::data);
        storeQueued();
        trial.hit(Objects.requireNonNull(value), before, data());
    }

    /** {@link #getOrLoad} that gets an expired value and loads another one. */
    void refresh(Callable<Integer> loader) throws InterruptedException {
        cache.withTags(trial.tag()).getOrLoad(trial.key(), Integer.class, TTL, loader);
        storeQueued();
    }

    /** An entry whose time has ended, and that is kept. */
    void putAndEnd(int value) {
        cache.withTags(trial.tag()).put(trial.key(), value, TTL);
        expire();
    }

    /** The time to live of the entry passes, if there is an entry. */
    void expire() {
        jdbc.update(
                "update psycache set expires_at = statement_timestamp() - interval '1 second' where key = ?",
                trial.key());
    }

    /** {@link #getOrLoad} of a value that is not stored; who waits for it gets it only while it is current. */
    void getOrLoadUnstored() {
        int before = data();
        Object value = region().getOrLoad(trial.key(), type -> Integer.class, unstored -> null, TTL, this::slowly)
                .value();
        trial.hit((Integer) Objects.requireNonNull(value), before, data());
    }

    /** A load that fails. A value that is returned instead was committed when it failed, or later. */
    void getOrFail() {
        getOrFail(this::pause);
    }

    void getOrFailAtOnce() {
        getOrFail(() -> {});
    }

    private void getOrFail(Runnable load) {
        loaded = data();
        Integer value = staleValue(load);
        if (value != null) {
            trial.hit(value, Objects.requireNonNull(loaded), data());
        }
    }

    /** What is returned instead of a load that fails at once; null = its failure. */
    @Nullable Integer staleValue() {
        return staleValue(() -> {});
    }

    private @Nullable Integer staleValue(Runnable load) {
        try {
            return cache.withTags(trial.tag()).getOrLoad(trial.key(), Integer.class, TTL, () -> {
                load.run();
                loaded = data();
                throw new IllegalStateException("no answer");
            });
        } catch (CacheLoadException e) {
            assertThat(e).hasRootCauseMessage("no answer");
            return null;
        }
    }

    int slowly() {
        int value = data();
        pause();
        return value;
    }

    void pause() {
        pause.run();
    }
}
