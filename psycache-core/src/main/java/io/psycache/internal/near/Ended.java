package io.psycache.internal.near;

import io.psycache.internal.store.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The invalidations that a process knows of, in two generations: when the younger one is full, the older one is forgotten, with all
 * copies of its time that no caller has confirmed since. Immutable but for the younger generation, to which a number's tags are added
 * before the number is published.
 *
 * @param number of the last news; a copy with this number has not been invalidated since
 * @param floor no copy with a lower number is valid
 * @param youngFrom the number of the first news of the younger generation
 * @param prefixes in both generations, newest last
 */
record Ended(
        long number,
        long floor,
        long youngFrom,
        Map<String, Long> young,
        Map<String, Long> old,
        List<Prefix> prefixes) {
    private static final int MOST_TAGS = 20_000;
    private static final int MOST_PREFIXES = 64;
    private static final String PREFIX = Tags.PREFIX + ":";

    private record Prefix(String prefix, long number) {}

    /** Nothing is known of what was before {@code number}. */
    static Ended from(long number) {
        return new Ended(number, number, number, new ConcurrentHashMap<>(), Map.of(), List.of());
    }

    /** With tags that were invalidated since, and prefixes after the tag of all prefixes. */
    Ended with(List<String> tags) {
        long next = number + 1;
        List<Prefix> all = new ArrayList<>(prefixes);
        for (String tag : tags) {
            if (tag.startsWith(PREFIX)) {
                all.add(new Prefix(tag.substring(PREFIX.length()), next));
            } else {
                young.put(Tags.invalidatedBy(tag), next);
            }
        }
        if (all.size() > MOST_PREFIXES) {
            return from(next);
        }
        return young.size() < MOST_TAGS
                ? new Ended(next, floor, youngFrom, young, old, all)
                : new Ended(next, youngFrom, next, new ConcurrentHashMap<>(), young, since(youngFrom, all));
    }

    private static List<Prefix> since(long floor, List<Prefix> prefixes) {
        return prefixes.stream().filter(prefix -> prefix.number > floor).toList();
    }

    /** Whether what was valid at {@code since} has not been invalidated. */
    boolean isValid(long since, String key, List<String> tags) {
        if (since == number) {
            return true;
        }
        if (since < floor || hasEnded(Tags.ofKey(key), since)) {
            return false;
        }
        for (String tag : tags) {
            if (hasEnded(tag, since)) {
                return false;
            }
        }
        for (Prefix prefix : prefixes) {
            if (prefix.number > since && key.startsWith(prefix.prefix)) {
                return false;
            }
        }
        return true;
    }

    private boolean hasEnded(String tag, long since) {
        @Nullable Long ended = young.get(tag);
        if (ended == null) {
            ended = old.get(tag);
        }
        return ended != null && ended > since;
    }
}
