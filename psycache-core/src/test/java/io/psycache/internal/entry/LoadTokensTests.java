package io.psycache.internal.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.psycache.ReadContexts;
import io.psycache.instrumentation.SkipReason;
import io.psycache.internal.backend.Backend.Verdict;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;

/** Which token a load has in contexts that read before. */
class LoadTokensTests {
    private static final Token WRITTEN = new Token.Skip(SkipReason.TRANSACTION_HAS_WRITTEN);
    private static final Token UNKNOWN = new Token.Skip(SkipReason.PERSISTENCE_CONTEXT);

    private final Map<Object, Boolean> bound = new HashMap<>();
    private final LoadTokens tokens = new LoadTokens(
            () -> bound, () -> Reply.failed(new IllegalStateException("contexts are not told")), () -> false, false);
    private final Object context = new Object();

    private static LoadToken token(int xmax) {
        return new LoadToken("e", xmax + ":" + xmax + ":");
    }

    @Test
    void withoutAContextItIsTheFreshOne() {
        assertThat(tokens.ofLoad(token(5))).isEqualTo(token(5));
        assertThat(tokens.ofLoad(WRITTEN)).isEqualTo(WRITTEN);
        assertThat(tokens.isFresh()).isTrue();
    }

    @Test
    void inAContextThatReadBeforeItIsTheOneFromWhenThatWasEmpty() {
        bound.put(context, true);
        assertThat(tokens.ofLoad(token(5))).isEqualTo(token(5));
        bound.put(context, false);
        assertThat(tokens.ofLoad(token(6))).isEqualTo(token(5));
        assertThat(tokens.ofMoment(token(6))).isEqualTo(token(5));
        assertThat(tokens.isFresh()).isFalse();
    }

    @Test
    void inAnEmptyContextItIsTheFreshOneAgain() {
        bound.put(context, true);
        tokens.ofLoad(token(5));
        assertThat(tokens.ofLoad(token(6))).isEqualTo(token(6));
    }

    @Test
    void withoutAFreshOneThereIsNone() {
        bound.put(context, true);
        tokens.ofLoad(token(5));
        bound.put(context, false);
        assertThat(tokens.ofLoad(WRITTEN)).isEqualTo(WRITTEN);
    }

    @Test
    void anOlderFreshOneCounts() {
        bound.put(context, true);
        tokens.ofLoad(token(5));
        bound.put(context, false);
        assertThat(tokens.ofLoad(token(4)))
                .as("of a transaction with one snapshot, resumed")
                .isEqualTo(token(4));
    }

    @Test
    void ofSeveralContextsTheOldestOneCounts() {
        Object second = new Object();
        bound.put(context, true);
        tokens.ofLoad(token(5));
        bound.put(context, false);
        bound.put(second, true);
        assertThat(tokens.ofLoad(token(6))).isEqualTo(token(5));
        bound.put(second, false);
        assertThat(tokens.ofLoad(token(7))).isEqualTo(token(5));
        bound.put(new Object(), false);
        assertThat(tokens.ofLoad(token(8))).isEqualTo(UNKNOWN);
    }

    @Test
    void aMomentIsNotKeptForLoads() {
        bound.put(context, true);
        assertThat(tokens.ofMoment(token(5))).isEqualTo(token(5));
        bound.put(context, false);
        assertThat(tokens.ofLoad(token(6))).isEqualTo(UNKNOWN);
    }

    /** Contexts that are told, and tokens that come when they are given. */
    private final class Told implements ReadContexts {
        private final List<Consumer<Object>> listeners = new ArrayList<>();
        private final List<CompletableFuture<Token>> asked = new ArrayList<>();
        private final LoadTokens tokens;

        private boolean inTransaction;

        Told(boolean isApart) {
            this.tokens = new LoadTokens(
                    this,
                    () -> {
                        asked.add(new CompletableFuture<>());
                        return Reply.coming(asked.get(asked.size() - 1));
                    },
                    () -> inTransaction,
                    isApart);
        }

        @Override
        public Map<?, Boolean> bound() {
            return bound;
        }

        @Override
        public Runnable onOpen(Consumer<Object> listener) {
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }

        void open(Object opened) {
            listeners.forEach(listener -> listener.accept(opened));
            bound.put(opened, false);
        }
    }

    @Test
    void aContextThatOpensHasTheNewestTokenReceived() {
        Told told = new Told(false);
        assertThat(told.asked).as("at the start").hasSize(1);
        told.asked.get(0).complete(token(5));
        told.tokens.ofLoad(token(7));
        told.tokens.ofLoad(token(6));

        told.open(context);
        assertThat(told.tokens.ofLoad(token(8))).isEqualTo(token(7));
        assertThat(told.tokens.ofMoment(token(8))).isEqualTo(token(7));
    }

    @Test
    void aTokenThatWasOnItsWayWhenTheContextOpenedIsTooNew() {
        Told told = new Told(false);
        told.open(context);
        told.asked.get(0).complete(token(5));
        assertThat(told.tokens.ofLoad(token(6))).isEqualTo(new Token.Skip(SkipReason.NO_TOKEN_YET));
    }

    @Test
    void aTokenOfALaterEpochReplacesTheOneThatIsKnown() {
        Told told = new Told(false);
        told.tokens.ofLoad(token(5));
        LoadToken later = new LoadToken("f", "4:4:");
        told.tokens.ofLoad(later);
        told.open(context);
        assertThat(told.tokens.ofLoad(new LoadToken("f", "6:6:"))).isEqualTo(later);
    }

    @Test
    void aContextThatOpensInATransactionMayReadWhatThatSawBefore() {
        Told told = new Told(false);
        told.tokens.ofLoad(token(5));
        told.inTransaction = true;
        told.open(context);
        assertThat(told.tokens.ofLoad(token(6))).isEqualTo(UNKNOWN);
    }

    @Test
    void tokensOfOtherTablesAreOfNoUse() {
        Told told = new Told(false);
        told.tokens.ofLoad(token(5));
        told.open(context);
        assertThat(told.tokens.ofLoad(new LoadToken("f", "6:6:"))).isEqualTo(new Token.Skip(SkipReason.EMPTIED_TABLES));
    }

    @Test
    void whileContextsOpenTokensAreTakenFromTimeToTime() {
        Told told = new Told(false);
        told.open(context);
        told.open(new Object());
        assertThat(told.asked).as("within a second").hasSize(1);
        told.asked.get(0).completeExceptionally(new QueryTimeoutException("no answer"));
        await().until(() -> {
            told.open(new Object());
            return told.asked.size() == 2;
        });
    }

    @Test
    void aTokenIsTakenOnceAValueWasStoredUnderTheNewestOne() {
        Told told = new Told(false);
        told.tokens.ofLoad(token(5));
        await().until(() -> {
            told.tokens.put(token(4), CompletableFuture.completedFuture(Verdict.STORED));
            told.tokens.put(token(5), CompletableFuture.completedFuture(Verdict.FENCED));
            assertThat(told.asked).as("neither is stored under the newest").hasSize(1);
            told.tokens.put(token(5), CompletableFuture.completedFuture(Verdict.STORED));
            return told.asked.size() == 2;
        });
    }

    @Test
    void threadsThatReadDifferentDatabasesShareNoToken() {
        Told told = new Told(true);
        told.tokens.ofLoad(token(5));
        told.open(context);
        assertThat(told.tokens.ofLoad(token(6))).isEqualTo(UNKNOWN);
        assertThat(told.asked).isEmpty();
    }

    @Test
    void onceClosedNothingIsTold() {
        Told told = new Told(false);
        told.tokens.close();
        assertThat(told.listeners).isEmpty();
    }
}
