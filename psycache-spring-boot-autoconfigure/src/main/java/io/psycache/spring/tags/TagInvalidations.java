package io.psycache.spring.tags;

import io.psycache.spring.InvalidateTags;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.AnnotatedElementKey;

/** The methods that invalidate tags. Thread-safe. */
public final class TagInvalidations {
    private final MethodExpressions expressions;
    private final Map<AnnotatedElementKey, TagInvalidation> known = new ConcurrentHashMap<>();

    public TagInvalidations(BeanFactory beans) {
        this.expressions = new MethodExpressions(beans);
    }

    /**
     * What {@code method} invalidates; null = nothing, which is not remembered: most methods of most beans are asked about once.
     *
     * @throws ExpressionPlace.ExpressionException if an expression can't be parsed
     */
    public @Nullable TagInvalidation of(Method method, Class<?> targetClass) {
        return known.computeIfAbsent(new AnnotatedElementKey(method, targetClass), key -> resolve(method, targetClass));
    }

    private @Nullable TagInvalidation resolve(Method method, Class<?> targetClass) {
        InvalidateTags declared = MethodAnnotations.find(method, targetClass, InvalidateTags.class);
        if (declared == null) {
            return null;
        }
        Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
        ExpressionPlace place = new ExpressionPlace(InvalidateTags.class, specific, !declared.beforeInvocation());
        return new TagInvalidation(declared, place, expressions);
    }
}
