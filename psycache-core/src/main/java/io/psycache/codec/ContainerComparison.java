package io.psycache.codec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Comparison of collections as {@link List}, {@link Set} and {@link Map} define it, but of their elements by state. The order of
 * lists, of sorted and linked sets and of sorted maps counts; {@code jsonb} does not keep the order of other maps.
 */
record ContainerComparison(BiFunction<@Nullable Object, @Nullable Object, @Nullable Difference> elements) {
    private static final String SORTED = "declare the type as SortedMap or SortedSet with natural order";

    @Nullable Difference compare(Object original, Object copy) {
        if (original instanceof Map<?, ?> map) {
            return copy instanceof Map<?, ?> other ? maps(map, other) : other(original, copy);
        }
        if (!(copy instanceof Collection<?> other)
                || kind(original) != Collection.class && kind(original) != kind(copy)) {
            return other(original, copy);
        }
        return original instanceof Set<?> set ? sets(set, other) : inOrder((Collection<?>) original, other);
    }

    private static Difference other(Object original, Object copy) {
        return Difference.of(original, copy, "declare the type as what it is");
    }

    private static Class<?> kind(Object value) {
        if (value instanceof Set<?>) {
            return Set.class;
        }
        return value instanceof List<?> ? List.class : Collection.class;
    }

    @Nullable Difference inOrder(Collection<?> original, Collection<?> copy) {
        Iterator<?> copies = copy.iterator();
        int index = 0;
        for (Object element : original) {
            if (!copies.hasNext()) {
                return otherSize(original.size(), copy.size());
            }
            Difference difference = elements.apply(element, copies.next());
            if (difference != null) {
                return difference.in(index);
            }
            index++;
        }
        return copies.hasNext() ? otherSize(original.size(), copy.size()) : null;
    }

    private static Difference otherSize(int original, int copy) {
        return new Difference("", original + " elements came back as " + copy + "; " + Difference.KEEP_IT);
    }

    private @Nullable Difference sets(Set<?> original, Collection<?> copy) {
        if (original instanceof SortedSet<?> sorted && !sameOrder(sorted.comparator(), comparator(copy))) {
            return Difference.of(original, copy, SORTED);
        }
        Difference difference = inOrder(original, copy);
        boolean ordered = original instanceof SortedSet<?> || original instanceof LinkedHashSet<?>;
        return difference == null || ordered || original.size() != copy.size()
                ? difference
                : inAnyOrder(original, copy);
    }

    private @Nullable Difference inAnyOrder(Set<?> original, Collection<?> copy) {
        Map<Object, Object> byEquals = new HashMap<>();
        copy.forEach(element -> byEquals.put(element, element));
        List<Object> unmatched = new ArrayList<>(original);
        unmatched.removeIf(element -> byEquals.containsKey(element)
                && elements.apply(element, byEquals.get(element)) == null
                && byEquals.keySet().remove(element));
        return unmatched.stream().allMatch(element -> removeFirstEqual(byEquals.values(), element))
                ? null
                : new Difference("", "an element of the set did not come back equal; " + Difference.KEEP_IT);
    }

    private boolean removeFirstEqual(Collection<Object> candidates, @Nullable Object element) {
        for (Iterator<Object> left = candidates.iterator(); left.hasNext(); ) {
            if (elements.apply(element, left.next()) == null) {
                left.remove();
                return true;
            }
        }
        return false;
    }

    private @Nullable Difference maps(Map<?, ?> original, Map<?, ?> copy) {
        if (original instanceof SortedMap<?, ?> sorted
                && !(copy instanceof SortedMap<?, ?> other && sameOrder(sorted.comparator(), other.comparator()))) {
            return Difference.of(original, copy, SORTED);
        }
        Map<?, ?> found = copy instanceof HashMap<?, ?> ? copy : new HashMap<>(copy);
        for (Map.Entry<?, ?> entry : original.entrySet()) {
            Difference difference = value(entry, found);
            if (difference != null) {
                return difference.in(String.valueOf(entry.getKey()));
            }
        }
        return original.size() == copy.size() ? null : otherSize(original.size(), copy.size());
    }

    private @Nullable Difference value(Map.Entry<?, ?> entry, Map<?, ?> copy) {
        Object key = entry.getKey();
        if (!copy.containsKey(key)) {
            String type = key == null ? "null" : key.getClass().getTypeName();
            return new Difference(
                    "", "a key of type " + type + " did not come back; declare the type of the map's keys");
        }
        return elements.apply(entry.getValue(), copy.get(key));
    }

    private static @Nullable Comparator<?> comparator(Collection<?> elements) {
        return elements instanceof SortedSet<?> sorted ? sorted.comparator() : null;
    }

    private static boolean sameOrder(@Nullable Comparator<?> original, @Nullable Comparator<?> copy) {
        return isNatural(original) ? isNatural(copy) : original == copy;
    }

    private static boolean isNatural(@Nullable Comparator<?> comparator) {
        return comparator == null || comparator == Comparator.naturalOrder();
    }
}
