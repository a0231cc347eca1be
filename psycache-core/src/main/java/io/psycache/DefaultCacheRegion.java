package io.psycache;

import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.PutRequest;
import io.psycache.internal.store.Tags;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A view of the cache that is one region. */
final class DefaultCacheRegion implements CacheRegion {
    private final CacheParts parts;
    private final String name;
    private final CacheView view;

    DefaultCacheRegion(CacheParts parts, String name, CacheView view) {
        this.parts = parts;
        this.name = name;
        this.view = view;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CacheRegion withTags(String... tags) {
        return new DefaultCacheRegion(
                parts,
                name,
                view.withTags(Stream.of(Arguments.notNull(tags, "tags"))
                        .map(tag -> Tags.ofUser(Arguments.text(tag, "tag")))));
    }

    @Override
    public CacheRegion withTagsOf(TagFunction tags) {
        return new DefaultCacheRegion(parts, name, view.withTagsOf(Arguments.notNull(tags, "tags")));
    }

    @Override
    public CacheRegion withOptions(CacheOptions options) {
        return new DefaultCacheRegion(parts, name, view.withOptions(Arguments.notNull(options, "options")));
    }

    @Override
    public CacheRegion withRefreshListener(RefreshListener listener) {
        return new DefaultCacheRegion(parts, name, view.withListener(Arguments.notNull(listener, "listener")));
    }

    @Override
    public Lookup lookup(String key, Function<@Nullable String, @Nullable Type> readAs) {
        return parts.reader.get(view, Arguments.key(key), readAs);
    }

    @Override
    public CompletableFuture<Lookup> lookupAsync(String key, Function<@Nullable String, @Nullable Type> readAs) {
        return Futures.unwrapped(
                parts.reader.getAsync(view, List.of(Arguments.key(key)), readAs).thenApply(found -> found.get(0)));
    }

    @Override
    public boolean put(Lookup miss, @Nullable Object value, Type type, @Nullable Duration ttl) {
        FoundEntry found = missed(miss);
        PutRequest request = request(found.key(), value, type, ttl);
        return parts.writer.putLoaded(view, found.key(), request, found.token());
    }

    @Override
    public CompletableFuture<Boolean> putAsync(Lookup miss, @Nullable Object value, Type type, @Nullable Duration ttl) {
        FoundEntry found = missed(miss);
        PutRequest request = request(found.key(), value, type, ttl);
        return found.token() == null
                ? CompletableFuture.completedFuture(parts.writer.refuse(view, found.key()))
                : parts.writer.putLoadedAsync(view, found.key(), request, found.token());
    }

    private static FoundEntry missed(Lookup miss) {
        if (!(miss instanceof FoundEntry found) || found.isHit()) {
            throw new IllegalArgumentException("miss must be what a lookup of a region returned, and not a hit");
        }
        return found;
    }

    @Override
    public boolean put(String key, @Nullable Object value, Type type, @Nullable Duration ttl) {
        return parts.writer.put(view, Map.of(key, request(key, value, type, ttl))) == 1;
    }

    @Override
    public Beginning begin() {
        return parts.store.inTransaction()
                ? new Moment(true, parts.tokens.ofMoment(parts.store.moment(view.joining())))
                : new Moment(false, parts.tokens.ofLoad(parts.store.token(view.joining())));
    }

    @Override
    public boolean put(Beginning beginning, String key, @Nullable Object value, Type type, @Nullable Duration ttl) {
        PutRequest request = request(key, value, type, ttl);
        Moment moment = (Moment) beginning;
        if (moment.token == null || moment.inTransaction != parts.store.inTransaction()) {
            evict(key);
            return false;
        }
        return moment.inTransaction
                ? parts.writer.putMadeInside(view, key, request, moment.token)
                : parts.writer.putMade(view, key, request, moment.token);
    }

    /** @param token null = what is made from then on must not be stored */
    private record Moment(boolean inTransaction, @Nullable LoadToken token) implements Beginning {}

    private PutRequest request(String key, @Nullable Object value, Type type, @Nullable Duration ttl) {
        return PutRequests.of(
                view, Arguments.key(key), value, Arguments.notNull(type, "type"), Arguments.ttl(ttl, "ttl"));
    }

    @Override
    public Lookup putIfAbsent(
            String key,
            @Nullable Object value,
            Type type,
            @Nullable Duration ttl,
            Function<@Nullable String, @Nullable Type> readAs) {
        PutRequest request = request(key, value, type, ttl);
        while (true) {
            FoundEntry found = parts.reader.get(view, key, readAs);
            if (found.isHit() || stored(found, request)) {
                return found;
            }
        }
    }

    /** Of a miss: whether the entry is stored now, or will be after the commit. */
    private boolean stored(FoundEntry miss, PutRequest request) {
        if (miss.unreadable() != null || parts.writer.isDeferred()) {
            parts.writer.putLoaded(view, miss.key(), request, miss.token());
            return true;
        }
        return parts.writer.putIfAbsent(view, miss.key(), request).run();
    }

    @Override
    public @Nullable Object getOrLoad(
            String key,
            Function<@Nullable String, @Nullable Type> readAs,
            Function<@Nullable Object, @Nullable Type> storeAs,
            @Nullable Duration ttl,
            Callable<?> loader,
            Consumer<CacheValueException> unreadable,
            Consumer<RuntimeException> notStored) {
        return parts.loader.getOrLoad(load(key, readAs, storeAs, ttl, loader, unreadable, notStored));
    }

    @Override
    public CompletableFuture<@Nullable Object> getOrLoadAsync(
            String key,
            Function<@Nullable String, @Nullable Type> readAs,
            Function<@Nullable Object, @Nullable Type> storeAs,
            @Nullable Duration ttl,
            Callable<? extends CompletionStage<?>> loader,
            Consumer<CacheValueException> unreadable,
            Consumer<RuntimeException> notStored) {
        return parts.loader.getOrLoadAsync(load(key, readAs, storeAs, ttl, loader, unreadable, notStored));
    }

    private Load load(
            String key,
            Function<@Nullable String, @Nullable Type> readAs,
            Function<@Nullable Object, @Nullable Type> storeAs,
            @Nullable Duration ttl,
            Callable<?> loader,
            Consumer<CacheValueException> unreadable,
            Consumer<RuntimeException> notStored) {
        return new Load(
                view,
                Arguments.key(key),
                name,
                readAs,
                storeAs,
                Arguments.ttl(ttl, "ttl"),
                loader,
                unreadable,
                notStored);
    }

    @Override
    public boolean isFresh() {
        return parts.tokens.isFresh();
    }

    @Override
    public String shown(String key) {
        return view.keys().of(key);
    }

    @Override
    public void evict(String key) {
        parts.evictions.evict(view, Arguments.key(key));
    }

    @Override
    public boolean evictIfPresent(String key) {
        return parts.evictions.remove(view, List.of(Arguments.key(key))) > 0;
    }

    @Override
    public void clear() {
        parts.evictions.invalidateTags(view, List.of(Tags.ofCache(name)));
    }

    @Override
    public boolean invalidate() {
        boolean present = parts.evictions.anyValid(view, Tags.ofCache(name));
        clear();
        return present;
    }
}
