package io.psycache.internal.entry;

import io.psycache.ReadContexts;
import io.psycache.instrumentation.SkipReason;
import io.psycache.internal.RareWarning;
import io.psycache.internal.backend.Backend.Verdict;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.Token;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Gives a load in a {@link ReadContexts context} a token from before anything was read in it, so that a put under it is refused if
 * what the context holds has been invalidated since: the newest that had been received when the context opened, or one that was taken
 * while it was empty. A token that was only sent by then would not do: its snapshot may show a commit that a read of the context
 * did not. Thread-safe.
 */
public final class LoadTokens implements AutoCloseable {
    private static final RareWarning WARNINGS = new RareWarning(LogFactory.getLog(LoadTokens.class));

    /** While contexts open a token is taken at most this often. Other tokens are those of misses. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Token UNKNOWN = new Token.Skip(SkipReason.PERSISTENCE_CONTEXT);
    private static final Token TOO_EARLY = new Token.Skip(SkipReason.NO_TOKEN_YET);
    private static final Token OF_OTHER_TABLES = new Token.Skip(SkipReason.EMPTIED_TABLES);

    private final ReadContexts contexts;
    private final Supplier<Reply<Token>> taking;
    private final BooleanSupplier inTransaction;
    private final @Nullable Runnable endTelling;
    private final Map<Object, Token> beforeReads = Collections.synchronizedMap(new WeakHashMap<>());
    private final AtomicLong lookedAt = new AtomicLong(System.nanoTime() - LOOK_NANOS);
    private volatile @Nullable LoadToken newest;

    /**
     * @param taking takes a token without blocking
     * @param inTransaction whether this thread is in a transaction
     * @param isApart whether the threads may read different databases: then no token is for all of them
     */
    public LoadTokens(
            ReadContexts contexts, Supplier<Reply<Token>> taking, BooleanSupplier inTransaction, boolean isApart) {
        this.contexts = contexts;
        this.taking = taking;
        this.inTransaction = inTransaction;
        this.endTelling = isApart ? null : contexts.onOpen(this::open);
        if (endTelling != null) {
            look();
        }
    }

    /** In a transaction that began before it, a context may read what that saw earlier, or has not committed. */
    private void open(Object context) {
        if (!inTransaction.getAsBoolean()) {
            LoadToken received = newest;
            beforeReads.put(context, received == null ? TOO_EARLY : received);
        }
        look();
    }

    private void look() {
        long last = lookedAt.get();
        long now = System.nanoTime();
        if (now - last >= LOOK_NANOS && lookedAt.compareAndSet(last, now)) {
            taking.get()
                    .map(token -> {
                        if (token instanceof LoadToken fresh) {
                            receive(fresh);
                        }
                        return token;
                    })
                    .recover(failure -> {
                        WARNINGS.warn("No token could be taken for loads in contexts that open now", failure);
                        return Reply.of(UNKNOWN);
                    });
        }
    }

    /** Of two at once the older one may stay, which is right as well. */
    private void receive(LoadToken token) {
        LoadToken known = newest;
        if (known == null || known.olderOf(token) != token) {
            newest = token;
        }
    }

    /** The token of a load that begins now. @param taken just now on this thread */
    public Token ofLoad(Token taken) {
        if (!(taken instanceof LoadToken fresh)) {
            return taken;
        }
        if (endTelling != null) {
            receive(fresh);
        }
        Map<?, Boolean> bound = contexts.bound();
        bound.forEach((context, empty) -> {
            if (empty) {
                beforeReads.put(context, fresh);
            }
        });
        return oldest(bound, fresh);
    }

    /**
     * The token of a value that is made from now on. It is not kept for loads: in a transaction it may show what that has
     * written, as if it were committed.
     */
    public Token ofMoment(Token taken) {
        return taken instanceof LoadToken fresh ? oldest(contexts.bound(), fresh) : taken;
    }

    /** A fresh token can be older than a kept one: in a transaction with one snapshot, which was suspended meanwhile. */
    private Token oldest(Map<?, Boolean> bound, LoadToken fresh) {
        LoadToken oldest = fresh;
        for (Map.Entry<?, Boolean> context : bound.entrySet()) {
            Token kept = context.getValue() ? fresh : beforeReads.getOrDefault(context.getKey(), UNKNOWN);
            if (!(kept instanceof LoadToken before)) {
                return kept;
            }
            oldest = oldest.olderOf(before);
            if (oldest == null) {
                return OF_OTHER_TABLES;
            }
        }
        return oldest;
    }

    /**
     * Notes a put of a loaded value. Once the value has expired, another one is stored only under a later token: in a database where
     * nothing else happens no context would have one.
     */
    void put(LoadToken token, CompletableFuture<Verdict> verdict) {
        if (endTelling != null) {
            verdict.thenAccept(outcome -> {
                if (outcome == Verdict.STORED && token.equals(newest)) {
                    look();
                }
            });
        }
    }

    /** Whether what this thread loads from now on is not older than a lookup that another thread makes for it now. */
    public boolean isFresh() {
        return !contexts.bound().containsValue(false);
    }

    @Override
    public void close() {
        if (endTelling != null) {
            endTelling.run();
        }
    }
}
