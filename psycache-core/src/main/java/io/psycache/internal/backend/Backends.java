package io.psycache.internal.backend;

import io.psycache.instrumentation.BreakerState;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.Operation;
import io.psycache.internal.backend.CoalescingBackend.Caller;
import io.psycache.internal.backend.CoalescingBackend.Parts;
import io.psycache.internal.backend.NearBackend.NearParts;
import io.psycache.internal.lane.DaemonThreads;
import io.psycache.internal.lane.Lanes;
import io.psycache.internal.near.LogFollower;
import io.psycache.internal.near.NearCopies;
import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.Entry;
import io.psycache.internal.store.LogReads;
import io.psycache.internal.store.SerializableAccess;
import io.psycache.internal.store.UnstorableValueException;
import io.psycache.internal.store.session.Sessions;
import io.psycache.internal.store.session.StatementOutcomes;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Chooses the {@link Backend} of a call. Nothing else asks in which transaction a thread is. Thread-safe. */
public final class Backends implements AutoCloseable {
    private final Breaker breaker;
    private final Stores stores;
    private final Routes routes;
    private final AfterTransaction later;
    private final TransactionMark lockedOut = new TransactionMark();
    private final ExecutorService longWork = DaemonThreads.one("psycache-removal");
    private final WriteBehind behind;
    private final GuardedBackend elsewhere;
    private final GuardedBackend told;
    private final Backend.Shared nearHere;
    private final Backend.Shared nearTold;
    private final Backend nearAttached;
    private final @Nullable LogFollower follower;

    /**
     * @param timeout how long a call outside a transaction may take
     * @param isApart whether each caller sends its own on its own thread
     * @param near copies of entries; null = there are none
     * @param explanation of a value that PostgreSQL refuses after its caller has gone on
     */
    public Backends(
            Sessions sessions,
            CacheTables tables,
            Lanes lanes,
            Duration timeout,
            boolean isApart,
            @Nullable NearCopies near,
            CacheInstrumentation instrumentation,
            BiFunction<Entry, UnstorableValueException, RuntimeException> explanation) {
        this.breaker = new Breaker(timeout, () -> routes().probe());
        this.stores = Stores.of(sessions, tables, isApart, isApart ? StatementOutcomes.NONE : breaker);
        this.follower =
                near == null ? null : new LogFollower(new LogReads(tables), sessions.dataSource(), stores::reading);
        this.behind = new WriteBehind(
                stores.writes(),
                sessions::inTime,
                timeout,
                this::isAborted,
                instrumentation,
                explanation,
                () -> copying(near, follower),
                isApart);
        Runnable written = follower == null ? () -> {} : follower::wrote;
        this.routes = new Routes(stores, lanes, breaker, written);
        this.later = new AfterTransaction(written, isApart);
        Parts parts =
                new Parts(stores, routes, behind, longWork, timeout.dividedBy(2).toNanos(), isApart);
        this.elsewhere = new GuardedBackend(Caller.ELSEWHERE, parts, breaker);
        this.told = new GuardedBackend(Caller.TOLD, parts, breaker);
        if (near == null || follower == null) {
            this.nearHere = new GuardedBackend(Caller.HERE, parts, breaker);
            this.nearTold = told;
            this.nearAttached = told.as(Caller.ATTACHED);
        } else {
            NearParts copies = new NearParts(
                    near, follower, lanes, lanes.shared(Operation.LOOK, follower::answer), new AtomicReference<>());
            this.nearHere = new NearBackend(Caller.HERE, parts, breaker, copies);
            this.nearTold = new NearBackend(Caller.TOLD, parts, breaker, copies);
            this.nearAttached = new NearBackend(Caller.ATTACHED, parts, breaker, copies);
        }
    }

    private static ObjIntConsumer<Entry> copying(@Nullable NearCopies near, @Nullable LogFollower follower) {
        if (near == null || follower == null) {
            return (entry, size) -> {};
        }
        long number = follower.number();
        long sent = System.nanoTime();
        return (entry, size) -> near.stored(entry, size, sent, number);
    }

    /** The backend of a call whose caller blocks. */
    public Backend blocking(SerializableAccess access) {
        return isInTransaction() ? inTransaction(access, elsewhere) : nearHere;
    }

    /** The backend of a call whose caller is told: it returns at once, but for what is part of the caller's transaction. */
    public Backend told(SerializableAccess access) {
        return isInTransaction() ? inTransaction(access, told) : nearTold;
    }

    /** {@link #told}, but what is sent is sent on the caller's thread. */
    public Backend attached(SerializableAccess access) {
        return isInTransaction() ? inTransaction(access, told) : nearAttached;
    }

    /** What the cache sends outside the caller's transaction may write, so a router by {@code readOnly} is asked as for one that may. */
    public static <T> T asWriter(Supplier<T> choice) {
        boolean isReadOnly = TransactionSynchronizationManager.isCurrentTransactionReadOnly();
        TransactionSynchronizationManager.setCurrentTransactionReadOnly(false);
        try {
            return choice.get();
        } finally {
            TransactionSynchronizationManager.setCurrentTransactionReadOnly(isReadOnly);
        }
    }

    /**
     * Notes the partition of this thread's transaction at its first call with one.
     *
     * @return whether it is the same at this call, or there is no transaction
     */
    public static boolean isSameInTransaction(TransactionMark first, String partition) {
        Object known = TransactionSynchronizationManager.getResource(first);
        if (known != null) {
            return known.equals(partition);
        }
        if (!partition.isEmpty()
                && TransactionSynchronizationManager.isActualTransactionActive()
                && TransactionSynchronizationManager.isSynchronizationActive()) {
            first.set(partition);
        }
        return true;
    }

    public boolean isInTransaction() {
        return TransactionSynchronizationManager.isActualTransactionActive();
    }

    /** The backend for work of the cache's own, which no caller waits for. */
    public Backend.Shared apart() {
        return nearTold;
    }

    /** The follower of the log; null where there are no copies. */
    public @Nullable LogFollower follower() {
        return follower;
    }

    /** The circuit breaker. Of a data source that chooses its database by the thread it is always closed. */
    public BreakerState breaker() {
        return breaker.state();
    }

    private Routes routes() {
        return routes;
    }

    /** Runs {@code work} on the way that a get takes, so that it also fails where that is blocked. */
    public void onLane(Runnable work) {
        elsewhere.run(work).get();
    }

    private Backend inTransaction(SerializableAccess access, CoalescingBackend apart) {
        CallersTransaction transaction = new CallersTransaction(
                TransactionSynchronizationManager.isSynchronizationActive(),
                TransactionSynchronizationManager.isCurrentTransactionReadOnly(),
                TransactionSynchronizationManager.hasResource(lockedOut),
                TransactionSynchronizationManager.getCurrentTransactionIsolationLevel());
        if (isOnOurs()) {
            return new JoinedBackend(stores, behind, later, lockedOut, apart, transaction, access);
        }
        return transaction.isSynchronized()
                ? new ForeignBackend(apart, behind, later, transaction)
                : apart; // in a callback after the completion
    }

    /**
     * Whether this thread's transaction is on our data source. One of another data source, or of a message broker, may hold a
     * connection of ours too, for as long as it lasts: with auto-commit on, so without a transaction.
     */
    private boolean isOnOurs() {
        return TransactionSynchronizationManager.getResource(stores.sessions().dataSource()) instanceof ConnectionHolder
                && !stores.sessions().callersAutoCommits();
    }

    private boolean isAborted() {
        return isOnOurs() && stores.sessions().isCallersAborted();
    }

    /** Stores what is queued and repeats what is to be repeated, for 5 seconds each at most. */
    @Override
    public void close() {
        breaker.close();
        later.close();
        behind.close();
        longWork.shutdown();
    }
}
