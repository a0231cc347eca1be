package io.psycache.spring.tags;

import io.psycache.CacheRegion.TagFunction;
import io.psycache.CacheValueException;
import io.psycache.spring.CacheTags;
import io.psycache.spring.tags.MethodExpressions.ExpressionException;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.AnnotatedElementKey;

/** The tags that {@link CacheTags} declares for what is cached of methods. Thread-safe. */
public final class DeclaredTags {
    private final MethodExpressions expressions;
    private final Map<AnnotatedElementKey, List<TagTemplate>> templates = new ConcurrentHashMap<>();

    public DeclaredTags(BeanFactory beans) {
        this.expressions = new MethodExpressions(beans);
    }

    /**
     * The tags of what {@code call} puts; null where none are declared.
     *
     * @throws ExpressionException if a template is none
     */
    public @Nullable TagFunction of(MethodCall call) {
        List<TagTemplate> declared = templates.computeIfAbsent(
                new AnnotatedElementKey(call.method(), call.targetClass()),
                key -> resolve(call.method(), call.targetClass()));
        return declared.isEmpty() ? null : (key, value) -> tags(declared, call, key, value);
    }

    private List<TagTemplate> resolve(Method method, Class<?> targetClass) {
        CacheTags declared = MethodAnnotations.find(method, targetClass, CacheTags.class);
        if (declared == null) {
            return List.of();
        }
        Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
        return TagTemplate.parse(
                declared.value(), new MethodExpressions.Place(CacheTags.class, specific, true), expressions);
    }

    private Collection<String> tags(List<TagTemplate> declared, MethodCall call, String key, @Nullable Object value) {
        try {
            return TagTemplate.tags(declared, expressions.context(call, value));
        } catch (ExpressionException e) {
            String type = value == null ? "null" : value.getClass().getName();
            throw new CacheValueException(key, type, String.valueOf(e.getMessage()), e);
        }
    }
}
