package io.psycache;

import io.psycache.codec.CacheCodec;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What distinguishes the views of one cache.
 *
 * @param tags of each put, with their namespaces ({@link io.psycache.store.Tags})
 */
record CacheView(List<String> tags, @Nullable String spanName, CacheCodec codec) {

    CacheView withTags(Stream<String> more) {
        return new CacheView(Stream.concat(tags.stream(), more).distinct().toList(), spanName, codec);
    }

    CacheView withSpanName(String name) {
        return new CacheView(tags, name, codec);
    }

    CacheView withCodec(CacheCodec other) {
        return new CacheView(tags, spanName, other);
    }
}
