package io.psycache.internal.near;

import io.psycache.internal.lane.Call;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.LogReads;
import io.psycache.internal.store.LogReads.Look;
import io.psycache.internal.store.LogReads.Moment;
import io.psycache.internal.store.session.Session;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;

/**
 * Follows the log of invalidations. A look concerns no key, so one look answers all callers that asked before it was sent: what it did
 * not show as invalidated is valid as of then. Thread-safe.
 *
 * <p>A copy has the number of the last news that were known before the get that found its entry was sent. The snapshot of that get
 * shows at least as much as those news do, so whatever ends the entry later is in a later look, under a higher number.
 */
public final class LogFollower {
    /** By data source, when this process has last written there. */
    private static final Map<DataSource, AtomicLong> WRITTEN = Collections.synchronizedMap(new WeakHashMap<>());

    private final LogReads log;
    private final LongFunction<Session> sessions;
    private volatile Ended ended = Ended.from(0);
    private volatile @Nullable Position position;
    private final AtomicLong written;
    private volatile boolean quiet = true;
    private final LongAdder looks = new LongAdder();
    private final LongAdder callers = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final LongAdder floors = new LongAdder();

    /**
     * @param dataSource of the database, which other caches of this process may write in too
     * @param sessions those of looks that end at a deadline
     */
    public LogFollower(LogReads log, DataSource dataSource, LongFunction<Session> sessions) {
        this.log = log;
        this.sessions = sessions;
        this.written = WRITTEN.computeIfAbsent(dataSource, unknown -> new AtomicLong(System.nanoTime()));
    }

    /**
     * The last look.
     *
     * @param token of a load that begins after the look was received
     * @param origin of the first look at these tables, or of the one with which the follower has begun anew
     * @param sent when it was, as {@link System#nanoTime()}
     */
    private record Position(Moment moment, LoadToken token, Origin origin, long sent, long sentAt) {}

    /**
     * The look from which on the log is followed.
     *
     * @param millis the database's clock
     * @param file of the entries
     * @param sent when it was, as {@link System#nanoTime()}
     */
    private record Origin(long millis, long file, long sent) {

        /**
         * Whether the entries are in the same file, and both clocks say that as much time has passed: one that was set, or stood still,
         * does not.
         */
        boolean agrees(Look look, long now) {
            return look.file() == file
                    && Math.abs(look.millis() - millis - TimeUnit.NANOSECONDS.toMillis(now - sent))
                            < NearCopy.DRIFT.toMillis();
        }
    }

    /** The number of the last news. Taken before a get is sent, it is that of a copy of the entry which the get finds. */
    public long number() {
        return ended.number();
    }

    /** The token of a load that begins now; null where nothing is known. */
    public @Nullable LoadToken token() {
        Position last = position;
        return last == null ? null : last.token;
    }

    /**
     * Looks at the log once for all {@code calls}, which began before. As of gets, a look that a lost connection did not answer is sent
     * again. Each answer is whether what a caller has at hand can be judged by the look; if not, it may be invalid.
     */
    public void answer(List<Call<Boolean, Boolean>> calls, long deadline) {
        boolean isAnswer;
        try {
            isAnswer = look(sessions.apply(deadline));
        } catch (DataAccessResourceFailureException e) {
            isAnswer = look(sessions.apply(deadline));
        }
        for (Call<Boolean, Boolean> call : calls) {
            call.answer(isAnswer);
        }
    }

    /** Looks at the log. @return whether what callers have at hand can be judged by the look */
    public boolean look(Session session) {
        looks.increment();
        Position base = position;
        long sentAt = System.currentTimeMillis();
        long sent = System.nanoTime();
        Look look = log.look(session, base == null ? null : base.moment, quiet).orElse(null);
        return receive(base, look, sent, sentAt);
    }

    private synchronized boolean receive(@Nullable Position base, @Nullable Look look, long sent, long sentAt) {
        Position current = position;
        if (base == null || current == null) {
            return base == current && look != null && beginAnew(look, sent, sentAt);
        }
        if (base.origin != current.origin) {
            return false; // another look has begun anew meanwhile
        }
        quiet = look == null || look.moment().equals(base.moment);
        if (look == null) {
            advance(current, base, sent, sentAt);
            return true;
        }
        List<String> news = look.ended();
        if (news == null || !continues(base, look, sent)) {
            return beginAnew(look, sent, sentAt);
        }
        if (!news.isEmpty()) {
            rows.add(news.size());
            publish(ended.with(news));
        }
        advance(current, new Position(look.moment(), token(look.moment()), base.origin, sent, sentAt), sent, sentAt);
        return true;
    }

    private static boolean continues(Position base, Look look, long sent) {
        return base.moment.precedes(look.moment())
                && base.moment.snapshot().showsAllOf(look.collected())
                && base.origin.agrees(look, sent);
    }

    private static LoadToken token(Moment moment) {
        return new LoadToken(
                Objects.requireNonNull(moment.epoch()), moment.snapshot().text());
    }

    /** Of two looks under way at once the one that shows more is the base of the next ones. */
    private void advance(Position current, Position received, long sent, long sentAt) {
        boolean isOlder = received.moment.snapshot().isOlderThan(current.moment.snapshot());
        Position last = isOlder ? current : received;
        boolean isLater = sent - current.sent > 0;
        position = new Position(
                last.moment, last.token, last.origin, isLater ? sent : current.sent, isLater ? sentAt : current.sentAt);
    }

    private void publish(Ended next) {
        if (next.floor() != ended.floor()) {
            floors.increment();
        }
        ended = next;
    }

    /** Nothing of before now is valid. */
    private boolean beginAnew(Look look, long sent, long sentAt) {
        publish(Ended.from(ended.number() + 1));
        boolean exists = look.moment().epoch() != null;
        position = exists
                ? new Position(
                        look.moment(), token(look.moment()), new Origin(look.millis(), look.file(), sent), sent, sentAt)
                : null;
        return exists;
    }

    /**
     * Whether the copy has not been invalidated, as far as the last looks show. A copy that is valid has the number of the last news
     * then: old news do not concern it any more.
     */
    public boolean isValid(NearCopy copy) {
        Ended known = ended;
        if (copy.hasExpired() || !known.isValid(copy.number(), copy.key(), copy.tags())) {
            return false;
        }
        copy.confirm(known.number());
        return true;
    }

    /**
     * Whether the last look was sent less than {@code nanos} ago, and this process has written nothing since. The clock of the wall
     * has a word too: the other one stands still while a machine is suspended.
     */
    public boolean isFresh(long nanos) {
        Position last = position;
        if (last == null) {
            return false;
        }
        long now = System.nanoTime();
        return now - last.sent < nanos
                && last.sent - written.get() > 0
                && Math.abs(System.currentTimeMillis() - last.sentAt) <= TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    /** This process has written: no earlier look shows that. */
    public void wrote() {
        written.set(System.nanoTime());
    }

    /** How long ago the last look was sent, in nanoseconds; -1 = nothing is known. */
    public long age() {
        Position last = position;
        return last == null ? -1 : System.nanoTime() - last.sent;
    }

    /** A get waits for a look. */
    public void called() {
        callers.increment();
    }

    /** How many looks were sent. */
    public long looks() {
        return looks.sum();
    }

    /** How many gets have waited for looks. */
    public long callers() {
        return callers.sum();
    }

    /** How many invalidations looks have found. */
    public long rows() {
        return rows.sum();
    }

    /** How often the floor has risen, which the first look makes it do. */
    public long floors() {
        return floors.sum();
    }
}
