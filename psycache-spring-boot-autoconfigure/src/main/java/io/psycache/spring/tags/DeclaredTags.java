package io.psycache.spring.tags;

import io.psycache.CacheRegion.TagFunction;
import io.psycache.CacheValueException;
import io.psycache.spring.CacheTags;
import io.psycache.spring.tags.ExpressionPlace.ExpressionException;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.AnnotatedElementKey;

/** The tags that {@link CacheTags} declares for what is cached of methods. Thread-safe. */
public final class DeclaredTags {
    private final MethodExpressions expressions;
    private final Map<AnnotatedElementKey, Optional<TagTemplates>> templates = new ConcurrentHashMap<>();

    public DeclaredTags(BeanFactory beans) {
        this.expressions = new MethodExpressions(beans);
    }

    /**
     * The tags of what {@code call} puts; null where none are declared.
     *
     * @throws ExpressionException if a template is none
     */
    public @Nullable TagFunction of(MethodCall call) {
        TagTemplates declared = templates
                .computeIfAbsent(new AnnotatedElementKey(call.getMethod(), call.getTargetClass()), key -> resolve(call))
                .orElse(null);
        return declared == null ? null : (key, value) -> tags(declared, call, key, value);
    }

    private Optional<TagTemplates> resolve(MethodCall call) {
        CacheTags declared = MethodAnnotations.find(call.getMethod(), call.getTargetClass(), CacheTags.class);
        if (declared == null) {
            return Optional.empty();
        }
        Method specific = AopUtils.getMostSpecificMethod(call.getMethod(), call.getTargetClass());
        ExpressionPlace place = new ExpressionPlace(CacheTags.class, specific, true);
        return Optional.of(TagTemplates.parse(declared.value(), place, expressions));
    }

    private Collection<String> tags(TagTemplates declared, MethodCall call, String key, @Nullable Object value) {
        try {
            return declared.tags(expressions.context(call, value));
        } catch (ExpressionException e) {
            String type = value == null ? "null" : value.getClass().getName();
            throw new CacheValueException(key, type, String.valueOf(e.getMessage()), e);
        }
    }
}
