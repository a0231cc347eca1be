package io.psycache.archfixture.internal.backend;

import org.springframework.transaction.support.TransactionSynchronizationManager;

class Backends {
    boolean isJoined() {
        return TransactionSynchronizationManager.isActualTransactionActive();
    }
}
