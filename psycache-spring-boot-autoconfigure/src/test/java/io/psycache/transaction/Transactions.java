package io.psycache.transaction;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Runs work in a transaction of one kind. */
interface Transactions {

    void required(Runnable work);

    void requiresNew(Runnable work);

    void nested(Runnable work);

    void readOnly(Runnable work);

    void serializable(Runnable work);

    /** As the methods of a service declare it. */
    class Declared implements Transactions {

        @Override
        @Transactional
        public void required(Runnable work) {
            work.run();
        }

        @Override
        @Transactional(propagation = Propagation.REQUIRES_NEW)
        public void requiresNew(Runnable work) {
            work.run();
        }

        @Override
        @Transactional(propagation = Propagation.NESTED)
        public void nested(Runnable work) {
            work.run();
        }

        @Override
        @Transactional(readOnly = true)
        public void readOnly(Runnable work) {
            work.run();
        }

        @Override
        @Transactional(isolation = Isolation.SERIALIZABLE)
        public void serializable(Runnable work) {
            work.run();
        }
    }

    /** By {@code TransactionTemplate}. */
    class Programmatic implements Transactions {
        private final PlatformTransactionManager manager;

        Programmatic(PlatformTransactionManager manager) {
            this.manager = manager;
        }

        private TransactionTemplate template(int propagation) {
            TransactionTemplate template = new TransactionTemplate(manager);
            template.setPropagationBehavior(propagation);
            return template;
        }

        private static void run(TransactionTemplate template, Runnable work) {
            template.executeWithoutResult(status -> work.run());
        }

        @Override
        public void required(Runnable work) {
            run(template(TransactionDefinition.PROPAGATION_REQUIRED), work);
        }

        @Override
        public void requiresNew(Runnable work) {
            run(template(TransactionDefinition.PROPAGATION_REQUIRES_NEW), work);
        }

        @Override
        public void nested(Runnable work) {
            run(template(TransactionDefinition.PROPAGATION_NESTED), work);
        }

        @Override
        public void readOnly(Runnable work) {
            TransactionTemplate template = template(TransactionDefinition.PROPAGATION_REQUIRED);
            template.setReadOnly(true);
            run(template, work);
        }

        @Override
        public void serializable(Runnable work) {
            TransactionTemplate template = template(TransactionDefinition.PROPAGATION_REQUIRED);
            template.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);
            run(template, work);
        }
    }
}
