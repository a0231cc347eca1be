package io.psycache.spring.keys;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Pageable;
import org.springframework.data.domain.Sort;

/** The state of Spring Data's parameters of queries. Used only where Spring Data is on the class path. */
final class SpringDataKeys {

    private SpringDataKeys() {}

    /** What tells {@code key} from others of its class; null if it is none of Spring Data's. */
    static @Nullable List<@Nullable Object> partsOf(Object key) {
        if (!key.getClass().getName().startsWith("org.springframework.data.domain.")) {
            return null;
        }
        if (key instanceof Pageable pageable) {
            return pageable.isPaged()
                    ? Arrays.asList(pageable.getPageNumber(), pageable.getPageSize(), pageable.getSort())
                    : Arrays.asList(pageable.getSort());
        }
        if (key instanceof Sort.Order order) {
            return Arrays.asList(
                    order.getProperty(), order.getDirection(), order.isIgnoreCase(), order.getNullHandling());
        }
        return key instanceof Sort sort ? List.copyOf(sort.toList()) : null;
    }
}
