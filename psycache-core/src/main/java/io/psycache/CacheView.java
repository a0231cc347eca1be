package io.psycache;

import io.psycache.CacheOptions.SerializableReads;
import io.psycache.CacheRegion.RefreshListener;
import io.psycache.CacheRegion.TagFunction;
import io.psycache.codec.CacheCodec;
import io.psycache.internal.store.Joining;
import io.psycache.internal.store.Tags;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What distinguishes the views of one cache.
 *
 * @param tags of each put, with their namespaces ({@link Tags})
 * @param valueTags tags that depend on what is put; null = none
 * @param keys how they read in messages
 * @param options each of them is set
 * @param listener told of loads in the background
 */
record CacheView(
        List<String> tags,
        @Nullable TagFunction valueTags,
        @Nullable String spanName,
        CacheOptions options,
        RefreshListener listener,
        ShownKeys keys) {
    private static final RefreshListener NOBODY = stored -> {};

    /** The cache itself. */
    static CacheView of(CacheOptions options, ShownKeys keys) {
        return new CacheView(List.of(), null, null, options, NOBODY, keys);
    }

    CacheView withTags(Stream<String> more) {
        return new CacheView(joined(more), valueTags, spanName, options, listener, keys);
    }

    CacheView withTagsOf(TagFunction function) {
        return new CacheView(tags, function, spanName, options, listener, keys);
    }

    CacheView withSpanName(String name) {
        return new CacheView(tags, valueTags, name, options, listener, keys);
    }

    CacheView withOptions(CacheOptions own) {
        return new CacheView(tags, valueTags, spanName, options.overriddenBy(own), listener, keys);
    }

    CacheView withListener(RefreshListener other) {
        return new CacheView(tags, valueTags, spanName, options, other, keys);
    }

    CacheCodec codec() {
        return Objects.requireNonNull(options.codec());
    }

    Duration lease() {
        return Objects.requireNonNull(options.lease());
    }

    Refreshing refreshing() {
        return new Refreshing(
                Objects.requireNonNull(options.staleWhileRevalidate()),
                Objects.requireNonNull(options.earlyRefresh()),
                listener);
    }

    Joining joining() {
        return options.serializable() == SerializableReads.JOIN ? Joining.ALWAYS : Joining.UNLESS_SERIALIZABLE;
    }

    /** The tags of an entry with this value. */
    List<String> tagsOf(String key, @Nullable Object value) {
        if (valueTags == null) {
            return tags;
        }
        try {
            Collection<String> computed = valueTags.tagsOf(key, value);
            return joined(computed.stream().map(tag -> Tags.ofUser(Arguments.text(tag, "tag"))));
        } catch (CacheValueException e) { // of the function, which knows only the key as it is
            throw keys.valueProblem(key, e.getTypeName(), e.getReason(), e.getCause());
        } catch (IllegalArgumentException e) {
            String type = value == null ? "null" : value.getClass().getName();
            throw keys.valueProblem(key, type, String.valueOf(e.getMessage()), e);
        }
    }

    private List<String> joined(Stream<String> more) {
        return Stream.concat(tags.stream(), more).distinct().toList();
    }
}
