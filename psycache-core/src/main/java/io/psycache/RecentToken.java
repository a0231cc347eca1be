package io.psycache;

import io.psycache.internal.store.EntryStore;
import io.psycache.internal.store.Joining;
import io.psycache.internal.store.LoadToken;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A token for values that are stated as the truth now and stored later. It may have been taken up to 100 ms ago, as an older
 * one is right too: it refuses more. Thread-safe.
 */
final class RecentToken {
    private static final long FRESH_NANOS = Duration.ofMillis(100).toNanos();

    private final Requests requests;
    private volatile @Nullable Taken last;

    private record Taken(LoadToken token, long at) {}

    RecentToken(Requests requests) {
        this.requests = requests;
    }

    /** Empty where nothing may be stored later. */
    Optional<LoadToken> get() {
        long now = System.nanoTime();
        Taken recent = last;
        return recent != null && now - recent.at < FRESH_NANOS ? Optional.of(recent.token) : taken(now);
    }

    private Optional<LoadToken> taken(long now) {
        Optional<LoadToken> token = requests.<Optional<LoadToken>>alone().call((inTime, log) -> token(inTime));
        token.ifPresent(fresh -> last = new Taken(fresh, now));
        return token;
    }

    private static Optional<LoadToken> token(EntryStore store) {
        return Optional.ofNullable(store.token(Joining.ALWAYS));
    }

    /** This process has invalidated something, and what is put from now on is newer than that. */
    void forget() {
        last = null;
    }
}
