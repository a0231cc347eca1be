package io.psycache.stress;

import io.psycache.PostgresCache;
import io.psycache.spring.CacheTags;
import io.psycache.spring.InvalidateTags;
import java.util.concurrent.CompletableFuture;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/** The ways, as services of an application. */
final class Ways {

    private Ways() {}

    static class Plain implements Way {
        private final Ledger ledger;

        Plain(Ledger ledger) {
            this.ledger = ledger;
        }

        @Override
        @Cacheable("plain")
        public Item read(int id) {
            return ledger.load("plain", id);
        }

        @Override
        @Transactional
        @CacheEvict(cacheNames = "plain", key = "#id")
        public Item change(int id, long step) {
            return ledger.change("plain", id, step);
        }
    }

    static class Sync implements Way {
        private final Ledger ledger;

        Sync(Ledger ledger) {
            this.ledger = ledger;
        }

        @Override
        @Cacheable(cacheNames = "sync", sync = true)
        public Item read(int id) {
            return ledger.load("sync", id);
        }

        @Override
        @Transactional
        @CacheEvict(cacheNames = "sync", key = "#id", beforeInvocation = true)
        public Item change(int id, long step) {
            return ledger.change("sync", id, step);
        }
    }

    static class Put implements Way {
        private final Ledger ledger;

        Put(Ledger ledger) {
            this.ledger = ledger;
        }

        @Override
        @Cacheable("put")
        public Item read(int id) {
            return ledger.load("put", id);
        }

        @Override
        @Transactional
        @CachePut(cacheNames = "put", key = "#id")
        public Item change(int id, long step) {
            return ledger.change("put", id, step);
        }
    }

    static class Cleared implements Way {
        private final Ledger ledger;

        Cleared(Ledger ledger) {
            this.ledger = ledger;
        }

        @Override
        @Cacheable("cleared")
        public Item read(int id) {
            return ledger.load("cleared", id);
        }

        @Override
        @Transactional
        @CacheEvict(cacheNames = "cleared", allEntries = true)
        public Item change(int id, long step) {
            return ledger.change("cleared", id, step);
        }
    }

    /** With an end soon. */
    static class ShortLived implements Way {
        private final Ledger ledger;

        ShortLived(Ledger ledger) {
            this.ledger = ledger;
        }

        @Override
        @Cacheable("shortLived")
        public Item read(int id) {
            return ledger.load("shortLived", id);
        }

        @Override
        @Transactional
        @CacheEvict(cacheNames = "shortLived", key = "#id")
        public Item change(int id, long step) {
            return ledger.change("shortLived", id, step);
        }
    }

    /** Loads in a transaction whose snapshot stays. */
    static class Repeatable implements Way {
        private final Ledger ledger;

        Repeatable(Ledger ledger) {
            this.ledger = ledger;
        }

        @Override
        @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
        @Cacheable("repeatable")
        public Item read(int id) {
            return ledger.load("repeatable", id);
        }

        @Override
        @Transactional
        @CacheEvict(cacheNames = "repeatable", key = "#id")
        public Item change(int id, long step) {
            return ledger.change("repeatable", id, step);
        }
    }

    /** Looks up and loads in the transaction of a caller, and puts after it. */
    static class Nested implements Way {
        private final Ledger ledger;
        private final Inner inner;

        Nested(Ledger ledger, Inner inner) {
            this.ledger = ledger;
            this.inner = inner;
        }

        @Override
        @Transactional
        public Item read(int id) {
            return inner.read(id);
        }

        @Override
        @Transactional
        public Item change(int id, long step) {
            Item changed = ledger.change("nested", id, step);
            inner.evict(id);
            return changed;
        }
    }

    static class Inner {
        private final Ledger ledger;

        Inner(Ledger ledger) {
            this.ledger = ledger;
        }

        @Cacheable("nested")
        public Item read(int id) {
            return ledger.load("nested", id);
        }

        @CacheEvict("nested")
        public void evict(int id) {}
    }

    static class Future implements Way {
        private final Ledger ledger;
        private final Asynchronous asynchronous;

        Future(Ledger ledger, Asynchronous asynchronous) {
            this.ledger = ledger;
            this.asynchronous = asynchronous;
        }

        @Override
        public Item read(int id) {
            return asynchronous.read(id).join();
        }

        @Override
        @Transactional
        @CacheEvict(cacheNames = "future", key = "#id")
        public Item change(int id, long step) {
            return ledger.change("future", id, step);
        }
    }

    static class Asynchronous {
        private final Ledger ledger;

        Asynchronous(Ledger ledger) {
            this.ledger = ledger;
        }

        @Cacheable("future")
        public CompletableFuture<Item> read(int id) {
            return CompletableFuture.completedFuture(ledger.load("future", id));
        }
    }

    /** By annotated tags that some rows share. */
    static class Labelled implements Way {
        private final Ledger ledger;

        Labelled(Ledger ledger) {
            this.ledger = ledger;
        }

        @Override
        @Cacheable("labelled")
        @CacheTags("label#{#id % 10}")
        public Item read(int id) {
            return ledger.load("labelled", id);
        }

        @Override
        @Transactional
        @InvalidateTags("label#{#id % 10}")
        public Item change(int id, long step) {
            return ledger.change("labelled", id, step);
        }
    }

    /** In code, by tags that some rows share. */
    static class Tagged implements Way {
        private static final int TAGS = 10;

        private final Ledger ledger;
        private final PostgresCache cache;

        Tagged(Ledger ledger, PostgresCache cache) {
            this.ledger = ledger;
            this.cache = cache;
        }

        static String key(int id) {
            return "tagged:" + id;
        }

        private static String tag(int id) {
            return "tag" + id % TAGS;
        }

        @Override
        public Item read(int id) {
            return cache.withTags(tag(id)).getOrLoad(key(id), Item.class, () -> ledger.load("tagged", id));
        }

        @Override
        @Transactional
        public Item change(int id, long step) {
            cache.invalidateTags(tag(id));
            return ledger.change("tagged", id, step);
        }
    }
}
