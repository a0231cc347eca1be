package io.psycache.internal.entry;

import io.psycache.CacheOptions;
import io.psycache.CacheRegion.TagFunction;
import io.psycache.CacheValueException;
import io.psycache.codec.CacheCodec;
import io.psycache.internal.Arguments;
import io.psycache.internal.store.SerializableAccess;
import io.psycache.internal.store.StoredKeys;
import io.psycache.internal.store.Tags;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The differences between the views of one cache. Immutable.
 *
 * @param tags of each put, with their namespaces ({@link Tags})
 * @param valueTags tags that depend on the value; null = none
 * @param spanName how observers name its operations; null = unnamed
 * @param options each of them set
 * @param keys how they read in messages
 * @param isPartitioned whether threads have different entries, so that loaders must run on the thread of their caller
 * @param partition of the calling thread; empty = none
 */
public record View(
        List<String> tags,
        @Nullable TagFunction valueTags,
        @Nullable String spanName,
        CacheOptions options,
        ShownKeys keys,
        boolean isPartitioned,
        String partition) {

    public View withTags(Stream<String> more) {
        return new View(joined(more), valueTags, spanName, options, keys, isPartitioned, partition);
    }

    public View withTagsOf(TagFunction function) {
        return new View(tags, function, spanName, options, keys, isPartitioned, partition);
    }

    public View withSpanName(String name) {
        return new View(tags, valueTags, name, options, keys, isPartitioned, partition);
    }

    public View withOptions(CacheOptions own) {
        return new View(tags, valueTags, spanName, options.overriddenBy(own), keys, isPartitioned, partition);
    }

    /** This view for a thread with {@code name} as its partition; empty = none. */
    public View in(String name) {
        return name.isEmpty() ? this : new View(tags, valueTags, spanName, options, keys, true, name);
    }

    /** The key of a caller as it is stored. */
    public String stored(String key) {
        boolean looksPartitioned = partition.isEmpty() && key.indexOf(Tags.PARTITION_END) >= 0;
        return StoredKeys.of(looksPartitioned ? Tags.PARTITION_END + key : prefix() + key);
    }

    /** What stored keys of this view begin with. */
    public String prefix() {
        return partition.isEmpty() ? "" : partition + Tags.PARTITION_END;
    }

    /** A tag with its namespace as this view stores it. */
    public String tagOf(String tag) {
        return partition.isEmpty() ? tag : Tags.in(prefix(), tag);
    }

    CacheCodec codec() {
        return Objects.requireNonNull(options.codec());
    }

    /** How long other processes wait for a load; zero = they do not. */
    public Duration lease() {
        return Objects.requireNonNull(options.lease());
    }

    /** Whether it reads in SERIALIZABLE transactions. */
    public SerializableAccess access() {
        return options.serializable() == CacheOptions.SerializableReads.JOIN
                ? SerializableAccess.JOIN
                : SerializableAccess.BYPASS;
    }

    /** Whether values are loaded again in the background while their old value is served. */
    public boolean isRefreshing() {
        return !isPartitioned && (earlyRefresh() > 0 || !staleWhileRevalidate().isZero());
    }

    /** Beta of XFetch; 0 = nothing is loaded early. */
    public double earlyRefresh() {
        return Objects.requireNonNull(options.earlyRefresh());
    }

    /** How long an entry is served after it has expired, while it is loaded again; zero = not. */
    Duration staleWhileRevalidate() {
        return Objects.requireNonNull(options.staleWhileRevalidate());
    }

    /** How long an entry is served after it has expired, if its load fails; zero = not. */
    public Duration staleIfError() {
        return Objects.requireNonNull(options.staleIfError());
    }

    /** How old the last look at the log may be that a copy is judged by, in nanoseconds; 0 = a get looks itself. */
    long maxStaleness() {
        return Objects.requireNonNull(options.maxStaleness()).toNanos();
    }

    /** Whether callers may have one value of this type together. */
    boolean shares(Type type) {
        return options.nearCopy() == CacheOptions.NearCopy.AUTO && ImmutableTypes.isImmutable(type);
    }

    /** How long an entry is kept after it has expired. */
    Duration kept() {
        return staleWhileRevalidate().compareTo(staleIfError()) > 0 ? staleWhileRevalidate() : staleIfError();
    }

    /** The tags of an entry with this value. */
    List<String> tagsOf(String key, @Nullable Object value) {
        if (valueTags == null) {
            return tags();
        }
        try {
            Collection<String> computed = valueTags.tagsOf(key, value);
            return joined(computed.stream().map(tag -> Tags.ofUser(Arguments.text(tag, "tag")))).stream()
                    .map(this::tagOf)
                    .toList();
        } catch (CacheValueException e) { // of the function, which knows only the key as it is
            throw keys.valueProblem(key, e.getTypeName(), e.getReason(), e.getCause());
        } catch (IllegalArgumentException e) {
            String type = value == null ? "null" : value.getClass().getName();
            throw keys.valueProblem(key, type, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public List<String> tags() {
        return partition.isEmpty() ? tags : tags.stream().map(this::tagOf).toList();
    }

    private List<String> joined(Stream<String> more) {
        return Stream.concat(tags.stream(), more).distinct().toList();
    }
}
