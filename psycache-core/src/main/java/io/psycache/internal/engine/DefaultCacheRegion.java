package io.psycache.internal.engine;

import io.psycache.CacheOptions;
import io.psycache.CacheRegion;
import io.psycache.CacheValueException;
import io.psycache.LoadOutcome;
import io.psycache.instrumentation.SkipReason;
import io.psycache.internal.Arguments;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Backend.Verdict;
import io.psycache.internal.entry.Found;
import io.psycache.internal.entry.View;
import io.psycache.internal.entry.Writes;
import io.psycache.internal.load.Load;
import io.psycache.internal.store.Entry;
import io.psycache.internal.store.Tags;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/** A view of the cache that is one region. */
record DefaultCacheRegion(Engines engines, String name, View declared) implements CacheRegion {

    @Override
    public CacheRegion withTags(String... tags) {
        return new DefaultCacheRegion(engines, name, declared.withTags(Typed.tags(tags).stream()));
    }

    @Override
    public CacheRegion withTagsOf(TagFunction tags) {
        return new DefaultCacheRegion(engines, name, declared.withTagsOf(Arguments.notNull(tags, "tags")));
    }

    @Override
    public CacheRegion withOptions(CacheOptions options) {
        Arguments.maxStaleness(Arguments.notNull(options, "options").maxStaleness(), engines.settings.logRetention());
        return new DefaultCacheRegion(engines, name, declared.withOptions(options));
    }

    @Override
    public Lookup lookup(String key, Function<@Nullable String, @Nullable Type> readAs) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        return owned(engine, view, engine.reads.get(engine.backend(view), view, Arguments.key(key), readAs));
    }

    @Override
    public @Nullable CompletableFuture<Lookup> lookupAsync(
            String key, Function<@Nullable String, @Nullable Type> readAs) {
        Arguments.key(key);
        try {
            Engine engine = engines.current();
            View view = engines.here(declared);
            Backend backend = engine.loading(view);
            return backend.looksUp()
                    ? engine.reads
                            .getOne(backend, view, key, readAs)
                            .<Lookup>map(found -> owned(engine, view, found))
                            .future()
                    : null;
        } catch (DataAccessException e) { // there is no database for this thread
            return CompletableFuture.failedFuture(e);
        }
    }

    /** A lookup or a moment whose put may come from another thread, which may have another database. */
    private interface Owned {
        Engine engine();

        View view();
    }

    private record OwnedLookup(Engine engine, View view, Found found) implements Lookup, Owned {

        @Override
        public String key() {
            return found.key();
        }

        @Override
        public boolean isHit() {
            return found.isHit();
        }

        @Override
        public @Nullable Object value() {
            return found.value();
        }

        @Override
        public @Nullable CacheValueException unreadable() {
            return found.unreadable();
        }

        @Override
        public @Nullable SkipReason skipped() {
            return found.skipped();
        }
    }

    private record OwnedBeginning(Engine engine, View view, Writes.Beginning begun) implements Beginning, Owned {

        @Override
        public @Nullable SkipReason skipped() {
            return begun.skipped();
        }
    }

    private Lookup owned(Engine engine, View view, Found found) {
        return engines.isPartitioned() ? new OwnedLookup(engine, view, found) : found;
    }

    private Engine engineOf(Object lookupOrBeginning) {
        return lookupOrBeginning instanceof Owned owned ? owned.engine() : engines.current();
    }

    /** With the tags of this view, which may have been added since. */
    private View viewOf(Object lookupOrBeginning) {
        return lookupOrBeginning instanceof Owned owned
                ? declared.in(owned.view().partition())
                : engines.here(declared);
    }

    @Override
    public boolean put(Lookup miss, @Nullable Object value, Type type, @Nullable Duration ttl) {
        Lookup looked = miss instanceof OwnedLookup owned ? owned.found() : miss;
        if (!(looked instanceof Found found) || found.isHit()) {
            throw new IllegalArgumentException("miss must be what a lookup of a region returned, and not a hit");
        }
        Engine engine = engineOf(miss);
        View view = viewOf(miss);
        Entry entry = entry(view, found.key(), value, type, ttl);
        return isAccepted(engine.writes.putLoaded(engine.backend(view), view, found, entry));
    }

    private static boolean isAccepted(CompletableFuture<Verdict> verdict) {
        Verdict known = verdict.getNow(Verdict.STORED);
        return known == Verdict.STORED || known == Verdict.UNSTORABLE;
    }

    @Override
    public boolean put(String key, @Nullable Object value, Type type, @Nullable Duration ttl) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        return engine.writes
                        .put(engine.backend(view), view, Map.of(key, entry(view, key, value, type, ttl)))
                        .get()
                == 1;
    }

    @Override
    public Beginning begin() {
        Engine engine = engines.current();
        View view = engines.here(declared);
        Writes.Beginning begun = engine.writes.begin(engine.backend(view)).get();
        return engines.isPartitioned() ? new OwnedBeginning(engine, view, begun) : begun;
    }

    @Override
    public boolean put(Beginning beginning, String key, @Nullable Object value, Type type, @Nullable Duration ttl) {
        Engine engine = engineOf(beginning);
        View view = viewOf(beginning);
        Entry entry = entry(view, key, value, type, ttl);
        Beginning begun = beginning instanceof OwnedBeginning owned ? owned.begun() : beginning;
        return engine.writes
                        .putMade(engine.backend(view), view, key, entry, (Writes.Beginning) begun)
                        .get()
                == 1;
    }

    @Override
    public void skip(String key, SkipReason reason) {
        engines.skip(declared, Arguments.key(key), reason);
    }

    private static Entry entry(View view, String key, @Nullable Object value, Type type, @Nullable Duration ttl) {
        return Typed.entry(view, key, value, Arguments.notNull(type, "type"), ttl);
    }

    @Override
    public Lookup putIfAbsent(
            String key,
            @Nullable Object value,
            Type type,
            @Nullable Duration ttl,
            Function<@Nullable String, @Nullable Type> readAs) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        Entry entry = entry(view, key, value, type, ttl);
        Backend backend = engine.backend(view);
        while (true) {
            Found found = engine.reads.get(backend, view, key, readAs);
            if (found.isHit() || isStored(engine, view, backend, found, entry)) {
                return found;
            }
        }
    }

    /** Of a miss: whether the entry is stored now, or will be after the commit. */
    private boolean isStored(Engine engine, View view, Backend backend, Found miss, Entry entry) {
        if (miss.unreadable() != null || backend.direct() == null) {
            engine.writes.putLoaded(backend, view, miss, entry);
            return true;
        }
        return engine.writes.putIfAbsent(backend, view, miss.key(), entry).get() == 1;
    }

    @Override
    public LoadOutcome getOrLoad(
            String key,
            Function<@Nullable String, @Nullable Type> readAs,
            Function<@Nullable Object, @Nullable Type> storeAs,
            @Nullable Duration ttl,
            Callable<?> loader) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        return engine.loads
                .getOrLoad(load(engine.backend(view), view, key, readAs, storeAs, ttl, loader))
                .get();
    }

    @Override
    public CompletableFuture<LoadOutcome> getOrLoadAsync(
            String key,
            Function<@Nullable String, @Nullable Type> readAs,
            Function<@Nullable Object, @Nullable Type> storeAs,
            @Nullable Duration ttl,
            Callable<? extends CompletionStage<?>> loader) {
        try {
            Engine engine = engines.current();
            View view = engines.here(declared);
            return engine.loads.start(
                    load(engine.loading(view), view, key, readAs, storeAs, ttl, loader), outcome -> outcome);
        } catch (DataAccessException e) { // there is no database for this thread
            return CompletableFuture.failedFuture(e);
        }
    }

    private Load load(
            Backend backend,
            View view,
            String key,
            Function<@Nullable String, @Nullable Type> readAs,
            Function<@Nullable Object, @Nullable Type> storeAs,
            @Nullable Duration ttl,
            Callable<?> loader) {
        return new Load(
                backend, view, Arguments.key(key), name, readAs, storeAs, Arguments.ttl(ttl, "ttl"), loader, null);
    }

    @Override
    public boolean isAvailable() {
        return !engines.current().backend(declared).isSkipping();
    }

    @Override
    public boolean isFresh() {
        return engines.isFresh();
    }

    @Override
    public String shown(String key) {
        return declared.keys().of(key);
    }

    @Override
    public void evict(String key) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        engine.removals.evict(engine.backend(view), view, Arguments.key(key)).get();
    }

    @Override
    public boolean evictIfPresent(String key) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        return engine.removals
                        .remove(engine.backend(view), view, List.of(Arguments.key(key)))
                        .get()
                > 0;
    }

    @Override
    public void clear() {
        Engine engine = engines.current();
        View view = engines.here(declared);
        clear(engine, view, engine.backend(view));
    }

    private void clear(Engine engine, View view, Backend backend) {
        engine.removals
                .invalidateTags(backend, view, List.of(Tags.ofCache(name)))
                .get();
    }

    @Override
    public boolean invalidate() {
        Engine engine = engines.current();
        View view = engines.here(declared);
        Backend backend = engine.backend(view);
        boolean present = backend.anyValid(view.tagOf(Tags.ofCache(name))).get();
        clear(engine, view, backend);
        return present;
    }
}
