package io.psycache.archfixture.internal.backend;

import org.springframework.transaction.support.TransactionSynchronizationManager;

class BackendThatTakesPart {
    void bind(Object value) {
        TransactionSynchronizationManager.bindResource(this, value);
    }
}
