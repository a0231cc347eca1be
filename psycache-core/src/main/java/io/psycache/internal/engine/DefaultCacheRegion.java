package io.psycache.internal.engine;

import io.psycache.CacheOptions;
import io.psycache.CacheRegion;
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

/** A view of the cache that is one region. */
record DefaultCacheRegion(Engine engine, String name, View view) implements CacheRegion {

    @Override
    public CacheRegion withTags(String... tags) {
        return new DefaultCacheRegion(engine, name, view.withTags(Typed.tags(tags).stream()));
    }

    @Override
    public CacheRegion withTagsOf(TagFunction tags) {
        return new DefaultCacheRegion(engine, name, view.withTagsOf(Arguments.notNull(tags, "tags")));
    }

    @Override
    public CacheRegion withOptions(CacheOptions options) {
        Arguments.maxStaleness(Arguments.notNull(options, "options").maxStaleness(), engine.settings.logRetention());
        return new DefaultCacheRegion(engine, name, view.withOptions(options));
    }

    @Override
    public Lookup lookup(String key, Function<@Nullable String, @Nullable Type> readAs) {
        return engine.reads.get(engine.backend(view), view, Arguments.key(key), readAs);
    }

    @Override
    public @Nullable CompletableFuture<Lookup> lookupAsync(
            String key, Function<@Nullable String, @Nullable Type> readAs) {
        Backend backend = engine.told(view);
        return backend.shared() != null
                ? engine.reads
                        .getOne(backend, view, Arguments.key(key), readAs)
                        .<Lookup>map(found -> found)
                        .future()
                : null;
    }

    @Override
    public boolean put(Lookup miss, @Nullable Object value, Type type, @Nullable Duration ttl) {
        if (!(miss instanceof Found found) || found.isHit()) {
            throw new IllegalArgumentException("miss must be what a lookup of a region returned, and not a hit");
        }
        Entry entry = entry(found.key(), value, type, ttl);
        return isAccepted(engine.writes.putLoaded(engine.backend(view), view, found, entry));
    }

    private static boolean isAccepted(CompletableFuture<Verdict> verdict) {
        Verdict known = verdict.getNow(Verdict.STORED);
        return known == Verdict.STORED || known == Verdict.UNSTORABLE;
    }

    @Override
    public boolean put(String key, @Nullable Object value, Type type, @Nullable Duration ttl) {
        return engine.writes
                        .put(engine.backend(view), view, Map.of(key, entry(key, value, type, ttl)))
                        .get()
                == 1;
    }

    @Override
    public Beginning begin() {
        return engine.writes.begin(engine.backend(view)).get();
    }

    @Override
    public boolean put(Beginning beginning, String key, @Nullable Object value, Type type, @Nullable Duration ttl) {
        Entry entry = entry(key, value, type, ttl);
        return engine.writes
                        .putMade(engine.backend(view), view, key, entry, (Writes.Beginning) beginning)
                        .get()
                == 1;
    }

    @Override
    public void skip(String key, SkipReason reason) {
        engine.writes.skip(view, Arguments.key(key), reason);
    }

    private Entry entry(String key, @Nullable Object value, Type type, @Nullable Duration ttl) {
        return Typed.entry(view, key, value, Arguments.notNull(type, "type"), ttl);
    }

    @Override
    public Lookup putIfAbsent(
            String key,
            @Nullable Object value,
            Type type,
            @Nullable Duration ttl,
            Function<@Nullable String, @Nullable Type> readAs) {
        Entry entry = entry(key, value, type, ttl);
        Backend backend = engine.backend(view);
        while (true) {
            Found found = engine.reads.get(backend, view, key, readAs);
            if (found.isHit() || isStored(backend, found, entry)) {
                return found;
            }
        }
    }

    /** Of a miss: whether the entry is stored now, or will be after the commit. */
    private boolean isStored(Backend backend, Found miss, Entry entry) {
        if (miss.unreadable() != null || backend.shared() == null) {
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
        return engine.loads
                .getOrLoad(load(engine.backend(view), key, readAs, storeAs, ttl, loader))
                .get();
    }

    @Override
    public CompletableFuture<LoadOutcome> getOrLoadAsync(
            String key,
            Function<@Nullable String, @Nullable Type> readAs,
            Function<@Nullable Object, @Nullable Type> storeAs,
            @Nullable Duration ttl,
            Callable<? extends CompletionStage<?>> loader) {
        return engine.loads.start(load(engine.told(view), key, readAs, storeAs, ttl, loader), outcome -> outcome);
    }

    private Load load(
            Backend backend,
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
        return !engine.backend(view).isSkipping();
    }

    @Override
    public boolean isFresh() {
        return engine.tokens.isFresh();
    }

    @Override
    public String shown(String key) {
        return view.keys().of(key);
    }

    @Override
    public void evict(String key) {
        engine.removals.evict(engine.backend(view), view, Arguments.key(key)).get();
    }

    @Override
    public boolean evictIfPresent(String key) {
        return engine.removals
                        .remove(engine.backend(view), view, List.of(Arguments.key(key)))
                        .get()
                > 0;
    }

    @Override
    public void clear() {
        clear(engine.backend(view));
    }

    private void clear(Backend backend) {
        engine.removals
                .invalidateTags(backend, view, List.of(Tags.ofCache(name)))
                .get();
    }

    @Override
    public boolean invalidate() {
        Backend backend = engine.backend(view);
        boolean present = backend.anyValid(Tags.ofCache(name)).get();
        clear(backend);
        return present;
    }
}
