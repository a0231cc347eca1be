package io.psycache.transaction;

import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.transaction.annotation.Transactional;

/** A service whose methods are both cached and transactional. */
class Texts {
    private final Rows rows;

    Texts(Rows rows) {
        this.rows = rows;
    }

    @Transactional
    @Cacheable("texts")
    public String find(long id) {
        return rows.read(id);
    }

    @Transactional
    @CacheEvict(cacheNames = "texts", key = "#id")
    public void change(long id, String text) {
        rows.write(id, text);
    }

    @Transactional
    @CacheEvict(cacheNames = "texts", key = "#id")
    public void fail(long id, String text) {
        rows.write(id, text);
        throw new Undone();
    }

    @Transactional
    @CachePut(cacheNames = "texts", key = "#id")
    public String replace(long id, String text) {
        rows.write(id, text);
        return text;
    }

    /** What the user's code throws to undo its transaction. */
    static final class Undone extends RuntimeException {
        Undone() {
            super("undone by its user");
        }
    }
}
