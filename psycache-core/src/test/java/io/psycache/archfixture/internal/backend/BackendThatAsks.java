package io.psycache.archfixture.internal.backend;

import java.util.function.BooleanSupplier;
import org.springframework.transaction.support.TransactionSynchronizationManager;

class BackendThatAsks {
    BooleanSupplier isReadOnly = TransactionSynchronizationManager::isCurrentTransactionReadOnly;
}
