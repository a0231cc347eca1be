package io.psycache.internal.backend;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Marks transactions with a value: it is a resource of the transaction under this object, until that ends. Thread-safe. */
public final class TransactionMark {

    /** Marks the transaction of this thread, which has no mark so far and can be synchronized with. */
    void set(Object value) {
        TransactionSynchronizationManager.registerSynchronization(new Bound(value));
        TransactionSynchronizationManager.bindResource(this, value);
    }

    private final class Bound implements TransactionSynchronization {
        private final Object value;

        private Bound(Object value) {
            this.value = value;
        }

        @Override
        public void suspend() {
            TransactionSynchronizationManager.unbindResource(TransactionMark.this);
        }

        @Override
        public void resume() {
            TransactionSynchronizationManager.bindResource(TransactionMark.this, value);
        }

        @Override
        public void afterCompletion(int status) {
            TransactionSynchronizationManager.unbindResourceIfPossible(TransactionMark.this);
        }
    }
}
