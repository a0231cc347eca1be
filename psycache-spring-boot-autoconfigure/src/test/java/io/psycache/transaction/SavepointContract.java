package io.psycache.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.psycache.transaction.Texts.Undone;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link TransactionContract} of managers that nest transactions by savepoints. */
abstract class SavepointContract extends TransactionContract {

    private void undoneNested(Runnable work) {
        assertThatExceptionOfType(Undone.class)
                .isThrownBy(() -> transactions.nested(() -> {
                    work.run();
                    throw new Undone();
                }));
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aPutOfARolledBackSavepointIsDropped(Setup setup) {
        useCached(setup);
        transactions.required(() -> undoneNested(() -> {
            rows.write(id, "new");
            put("new");
        }));
        settle();
        assertThat(cachedForOthers()).isEqualTo("old");
        assertThat(data()).isEqualTo("old");
    }

    @ParameterizedTest
    @MethodSource("invalidations")
    void anInvalidationRollsBackWithTheSavepoint(Setup setup, Invalidation invalidation) {
        useCached(setup);
        transactions.required(() -> {
            undoneNested(() -> invalidation.run().accept(this));
            assertThat(cached()).as("after the savepoint").isEqualTo("old");
            rows.write(id, "new");
        });
        assertThat(cachedForOthers()).isEqualTo("old");
        assertThat(data()).isEqualTo("new");
    }

    @ParameterizedTest
    @MethodSource("setups")
    void whatANestedTransactionDidCommitsWithTheOuter(Setup setup) {
        useCached(setup);
        transactions.required(() -> {
            transactions.nested(() -> {
                rows.write(id, "new");
                put("new");
            });
            assertThat(cachedForOthers()).as("before the commit").isEqualTo("old");
        });
        await(() -> "new".equals(cachedForOthers()));
        assertThat(data()).isEqualTo("new");
    }

    @ParameterizedTest
    @MethodSource("setups")
    void anEvictionBeforeARolledBackSavepointStays(Setup setup) {
        useCached(setup);
        transactions.required(() -> {
            rows.write(id, "new");
            cache().evict(id);
            undoneNested(() -> rows.write(id, "undone"));
        });
        assertThat(cachedForOthers()).isNull();
        assertThat(data()).isEqualTo("new");
    }
}
