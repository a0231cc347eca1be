package io.psycache.codec;

import java.io.InputStream;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.PageImpl;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.domain.Pageable;
import org.springframework.data.domain.Slice;
import org.springframework.data.domain.SliceImpl;
import org.springframework.data.domain.Sort;
import org.springframework.util.ClassUtils;

/**
 * Conversion of values of one type to another type that stands in for them in the JSON.
 *
 * @param state the type that stands in; {@code Object} = the type of the value that {@code toState} returns. A type parameter of
 *     it is the first one of the replaced type
 * @param fromState null = the JSON is read as the declared type
 */
record StandIn(
        Class<?> state,
        UnaryOperator<Object> toState,
        @Nullable UnaryOperator<Object> fromState) {
    private static final boolean SPRING_DATA =
            ClassUtils.isPresent("org.springframework.data.domain.Page", StandIn.class.getClassLoader());
    private static final List<Class<?>> READ_ONCE =
            List.of(BaseStream.class, Iterator.class, Enumeration.class, InputStream.class, Reader.class);
    private static final StandIn READABLE_ONCE = new StandIn(Object.class, StandIn::refuseReadOnce, null);
    private static final StandIn NAMELESS = new StandIn(Object.class, StandIn::refuseNameless, null);
    private static final StandIn LOADED = new StandIn(Object.class, HibernateState::loaded, null);

    /** The stand-in for values of {@code type}; null = they are written as they are. */
    static @Nullable StandIn of(Class<?> type) {
        if (HibernateState.isWrapper(type)) {
            return LOADED;
        }
        if (READ_ONCE.stream().anyMatch(once -> once.isAssignableFrom(type))) {
            return READABLE_ONCE;
        }
        if (type.isHidden()) {
            return NAMELESS;
        }
        return SPRING_DATA && type.getName().startsWith("org.springframework.data.domain.")
                ? SpringData.of(type)
                : null;
    }

    /** The class to write values of {@code type} as: a plain collection for one of Hibernate's, else the state. */
    Class<?> written(Class<?> type) {
        if (Map.class.isAssignableFrom(type)) {
            return Map.class;
        }
        if (Collection.class.isAssignableFrom(type)) {
            return List.class.isAssignableFrom(type) ? List.class : Collection.class;
        }
        return state;
    }

    private static Object refuseReadOnce(Object value) {
        throw new UnstorableValueException("a " + value.getClass().getName()
                + " can be read only once, so it cannot be cached. Return its content as a List or an array");
    }

    private static Object refuseNameless(Object value) {
        throw new UnstorableValueException("a " + value.getClass().getName()
                + " is a lambda or of another class without a lasting name, so it cannot be cached. Cache its result");
    }

    /**
     * Pages as {@code {"content", "pageable", "total"}}, and what they hold. Refers to Spring Data's classes and is linked only if
     * they are on the class path.
     */
    private static final class SpringData {
        /** A page is a slice too, so it comes first. */
        private static final Map<Class<?>, StandIn> BY_TYPE = new LinkedHashMap<>();

        static {
            add(Page.class, PageState.class, PageState::of, state -> state.toPage());
            add(Slice.class, SliceState.class, SliceState::of, state -> state.toSlice());
            add(Pageable.class, PageableState.class, PageableState::of, PageableState::toPageable);
            add(Sort.class, Sort.Order[].class, sort -> sort.stream().toArray(Sort.Order[]::new), Sort::by);
            add(Sort.Order.class, OrderState.class, OrderState::of, OrderState::toOrder);
        }

        private static <V, S> void add(
                Class<V> type, Class<S> state, Function<V, S> toState, Function<S, V> fromState) {
            BY_TYPE.put(
                    type,
                    new StandIn(
                            state,
                            value -> toState.apply(type.cast(value)),
                            read -> fromState.apply(state.cast(read))));
        }

        static @Nullable StandIn of(Class<?> type) {
            return BY_TYPE.entrySet().stream()
                    .filter(entry -> entry.getKey().isAssignableFrom(type))
                    .findFirst()
                    .map(Map.Entry::getValue)
                    .orElse(null);
        }
    }

    record PageState<T>(List<T> content, Pageable pageable, long total) {

        static PageState<?> of(Page<?> page) {
            return new PageState<>(new ArrayList<>(page.getContent()), page.getPageable(), page.getTotalElements());
        }

        Page<T> toPage() {
            return new PageImpl<>(content, pageable, total);
        }
    }

    record SliceState<T>(List<T> content, Pageable pageable, boolean hasNext) {

        static SliceState<?> of(Slice<?> slice) {
            return new SliceState<>(new ArrayList<>(slice.getContent()), slice.getPageable(), slice.hasNext());
        }

        Slice<T> toSlice() {
            return new SliceImpl<>(content, pageable, hasNext);
        }
    }

    /** State of a pageable; without page and size it is unpaged. */
    record PageableState(@Nullable Integer page, @Nullable Integer size, Sort sort) {

        static PageableState of(Pageable pageable) {
            return pageable.isPaged()
                    ? new PageableState(pageable.getPageNumber(), pageable.getPageSize(), pageable.getSort())
                    : new PageableState(null, null, pageable.getSort());
        }

        Pageable toPageable() {
            return page == null || size == null ? Pageable.unpaged(sort) : PageRequest.of(page, size, sort);
        }
    }

    record OrderState(String property, Sort.Direction direction, boolean ignoreCase, Sort.NullHandling nullHandling) {

        static OrderState of(Sort.Order order) {
            return new OrderState(
                    order.getProperty(), order.getDirection(), order.isIgnoreCase(), order.getNullHandling());
        }

        Sort.Order toOrder() {
            return new Sort.Order(direction, property, ignoreCase, nullHandling);
        }
    }
}
