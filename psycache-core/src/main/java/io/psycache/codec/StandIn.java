package io.psycache.codec;

import java.io.InputStream;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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
                ? SpringData.BY_TYPE.get(type)
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
     * Pages as {@code {"content", "page", "size", "sort", "total"}}. Refers to Spring Data's classes and is linked only if they are
     * on the class path.
     */
    private static final class SpringData {
        private static final StandIn PAGE = new StandIn(
                PageState.class, page -> PageState.of((Page<?>) page), state -> ((PageState<?>) state).toPage());
        private static final StandIn SLICE = new StandIn(
                SliceState.class, slice -> SliceState.of((Slice<?>) slice), state -> ((SliceState<?>) state).toSlice());
        private static final StandIn PAGEABLE = new StandIn(
                PageableState.class,
                pageable -> PageableState.of((Pageable) pageable),
                state -> ((PageableState) state).toPageable());
        private static final StandIn SORT = new StandIn(
                OrderState[].class,
                sort -> OrderState.of((Sort) sort).toArray(OrderState[]::new),
                state -> OrderState.toSort(List.of((OrderState[]) state)));
        private static final StandIn ORDER = new StandIn(
                OrderState.class, order -> OrderState.of((Sort.Order) order), state -> ((OrderState) state).toOrder());
        private static final Map<Class<?>, StandIn> BY_TYPE = Map.ofEntries(
                Map.entry(Page.class, PAGE),
                Map.entry(PageImpl.class, PAGE),
                Map.entry(Slice.class, SLICE),
                Map.entry(SliceImpl.class, SLICE),
                Map.entry(Pageable.class, PAGEABLE),
                Map.entry(PageRequest.class, PAGEABLE),
                Map.entry(Pageable.unpaged().getClass(), PAGEABLE),
                Map.entry(Sort.class, SORT),
                Map.entry(Sort.Order.class, ORDER));
    }

    record PageState<T>(
            List<T> content,
            @Nullable Integer page,
            @Nullable Integer size,
            List<OrderState> sort,
            long total) {

        static PageState<?> of(Page<?> page) {
            PageableState pageable = PageableState.of(page.getPageable());
            return new PageState<>(
                    new ArrayList<>(page.getContent()),
                    pageable.page,
                    pageable.size,
                    pageable.sort,
                    page.getTotalElements());
        }

        Page<T> toPage() {
            return new PageImpl<>(content, new PageableState(page, size, sort).toPageable(), total);
        }
    }

    record SliceState<T>(
            List<T> content,
            @Nullable Integer page,
            @Nullable Integer size,
            List<OrderState> sort,
            boolean hasNext) {

        static SliceState<?> of(Slice<?> slice) {
            PageableState pageable = PageableState.of(slice.getPageable());
            return new SliceState<>(
                    new ArrayList<>(slice.getContent()), pageable.page, pageable.size, pageable.sort, slice.hasNext());
        }

        Slice<T> toSlice() {
            return new SliceImpl<>(content, new PageableState(page, size, sort).toPageable(), hasNext);
        }
    }

    /** State of a pageable; without page and size it is unpaged. */
    record PageableState(@Nullable Integer page, @Nullable Integer size, List<OrderState> sort) {

        static PageableState of(Pageable pageable) {
            List<OrderState> sort = OrderState.of(pageable.getSort());
            return pageable.isPaged()
                    ? new PageableState(pageable.getPageNumber(), pageable.getPageSize(), sort)
                    : new PageableState(null, null, sort);
        }

        Pageable toPageable() {
            Sort order = OrderState.toSort(sort);
            return page == null || size == null ? Pageable.unpaged(order) : PageRequest.of(page, size, order);
        }
    }

    record OrderState(String property, Sort.Direction direction, boolean ignoreCase, Sort.NullHandling nullHandling) {

        static List<OrderState> of(Sort sort) {
            return sort.stream().map(OrderState::of).toList();
        }

        static OrderState of(Sort.Order order) {
            return new OrderState(
                    order.getProperty(), order.getDirection(), order.isIgnoreCase(), order.getNullHandling());
        }

        static Sort toSort(List<OrderState> orders) {
            return Sort.by(orders.stream().map(OrderState::toOrder).toList());
        }

        Sort.Order toOrder() {
            return new Sort.Order(direction, property, ignoreCase, nullHandling);
        }
    }
}
