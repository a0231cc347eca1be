package io.psycache.internal.entry;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.internal.store.LoadToken;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which token a load has in contexts that read before. */
class LoadTokensTests {
    private final Map<Object, Boolean> bound = new HashMap<>();
    private final LoadTokens tokens = new LoadTokens(() -> bound);
    private final Object context = new Object();

    private static LoadToken token(int xmax) {
        return new LoadToken("e", xmax + ":" + xmax + ":");
    }

    @Test
    void withoutAContextItIsTheFreshOne() {
        assertThat(tokens.ofLoad(token(5))).isEqualTo(token(5));
        assertThat(tokens.ofLoad(null)).isNull();
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
        assertThat(tokens.ofLoad(null)).as("the transaction has written").isNull();
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
        assertThat(tokens.ofLoad(token(8))).isNull();
    }

    @Test
    void aMomentIsNotKeptForLoads() {
        bound.put(context, true);
        assertThat(tokens.ofMoment(token(5))).isEqualTo(token(5));
        bound.put(context, false);
        assertThat(tokens.ofLoad(token(6))).isNull();
    }
}
