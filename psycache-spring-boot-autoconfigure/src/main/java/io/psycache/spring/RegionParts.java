package io.psycache.spring;

import io.psycache.CacheRegion;
import io.psycache.CacheRegion.TagFunction;
import io.psycache.CacheValueException;
import io.psycache.spring.keys.Invocation;
import io.psycache.spring.types.ValueTypes;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** What the operations of one cache share. */
record RegionParts(CacheRegion region, ValueTypes types, CacheValues values, EntryTtl ttl, CacheOutcomes outcomes) {

    /** The region as {@code invocation} puts into it: with the tags that its method declares. */
    CacheRegion region(Invocation invocation) {
        TagFunction tags = invocation.tags();
        return tags == null ? region : region.withTagsOf(tags);
    }

    /** The type to store {@code value} as; null, and reported, where it can't be stored. */
    @Nullable Type storeAs(String key, @Nullable Type declared, @Nullable Object value) {
        try {
            return values.storeAs(key, declared, value);
        } catch (CacheValueException e) {
            outcomes.unstorable(e);
            return null;
        }
    }
}
