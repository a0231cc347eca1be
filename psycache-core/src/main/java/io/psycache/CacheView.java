package io.psycache;

import io.psycache.CacheRegion.TagFunction;
import io.psycache.codec.CacheCodec;
import io.psycache.internal.store.Joining;
import io.psycache.internal.store.Tags;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What distinguishes the views of one cache.
 *
 * @param tags of each put, with their namespaces ({@link Tags})
 * @param valueTags tags that depend on what is put; null = none
 * @param keys how they read in messages
 * @param lease how long other processes wait for a load; zero = they do not
 * @param refreshing what is loaded again in the background
 */
record CacheView(
        List<String> tags,
        @Nullable TagFunction valueTags,
        @Nullable String spanName,
        CacheCodec codec,
        TransactionPolicy transactions,
        Duration lease,
        WriteMode writeMode,
        Refreshing refreshing,
        ShownKeys keys) {

    CacheView withTags(Stream<String> more) {
        return new CacheView(
                joined(more), valueTags, spanName, codec, transactions, lease, writeMode, refreshing, keys);
    }

    CacheView withTagsOf(TagFunction function) {
        return new CacheView(tags, function, spanName, codec, transactions, lease, writeMode, refreshing, keys);
    }

    CacheView withSpanName(String name) {
        return new CacheView(tags, valueTags, name, codec, transactions, lease, writeMode, refreshing, keys);
    }

    CacheView withCodec(CacheCodec other) {
        return new CacheView(tags, valueTags, spanName, other, transactions, lease, writeMode, refreshing, keys);
    }

    CacheView withTransactions(TransactionPolicy policy) {
        return new CacheView(tags, valueTags, spanName, codec, policy, lease, writeMode, refreshing, keys);
    }

    CacheView withLease(Duration time) {
        return new CacheView(tags, valueTags, spanName, codec, transactions, time, writeMode, refreshing, keys);
    }

    CacheView withWriteMode(WriteMode mode) {
        return new CacheView(tags, valueTags, spanName, codec, transactions, lease, mode, refreshing, keys);
    }

    CacheView withRefreshing(Refreshing other) {
        return new CacheView(tags, valueTags, spanName, codec, transactions, lease, writeMode, other, keys);
    }

    Joining gets() {
        return transactions.ofGets();
    }

    Joining puts() {
        return transactions.ofPuts();
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
