package io.psycache.spring.tags;

import io.psycache.spring.InvalidateTags;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.AnnotatedElementKey;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;

/** The methods that invalidate tags. Thread-safe. */
public final class TagInvalidations {
    private final MethodExpressions expressions;
    private final Map<AnnotatedElementKey, Invalidation> known = new ConcurrentHashMap<>();

    public TagInvalidations(BeanFactory beans) {
        this.expressions = new MethodExpressions(beans);
    }

    /**
     * What {@code method} invalidates; null = nothing, which is not remembered: most methods of most beans are asked about once.
     *
     * @throws MethodExpressions.ExpressionException if an expression can't be parsed
     */
    public @Nullable Invalidation of(Method method, Class<?> targetClass) {
        return known.computeIfAbsent(new AnnotatedElementKey(method, targetClass), key -> resolve(method, targetClass));
    }

    private @Nullable Invalidation resolve(Method method, Class<?> targetClass) {
        InvalidateTags declared = MethodAnnotations.find(method, targetClass, InvalidateTags.class);
        return declared == null
                ? null
                : new Invalidation(declared, AopUtils.getMostSpecificMethod(method, targetClass), expressions);
    }

    /** What {@link InvalidateTags} of a method says. */
    public static final class Invalidation {
        private final boolean beforeInvocation;
        private final MethodExpressions.Place place;
        private final MethodExpressions expressions;
        private final List<TagTemplate> templates;
        private final @Nullable Expression condition;

        private Invalidation(InvalidateTags declared, Method method, MethodExpressions expressions) {
            this.beforeInvocation = declared.beforeInvocation();
            this.place = new MethodExpressions.Place(InvalidateTags.class, method, !beforeInvocation);
            this.expressions = expressions;
            this.templates = TagTemplate.parse(declared.value(), place, expressions);
            this.condition =
                    declared.condition().isEmpty() ? null : expressions.expression(declared.condition(), place);
        }

        public boolean isBeforeInvocation() {
            return beforeInvocation;
        }

        /**
         * The tags to invalidate; none where the condition is not met.
         *
         * @param result null also before the invocation
         */
        public List<String> tags(MethodCall call, @Nullable Object result) {
            EvaluationContext context = expressions.context(call, result);
            return condition == null || isMet(condition, context) ? TagTemplate.tags(templates, context) : List.of();
        }

        private boolean isMet(Expression condition, EvaluationContext context) {
            try {
                return Boolean.TRUE.equals(condition.getValue(context, Boolean.class));
            } catch (RuntimeException e) { // SpEL's own, or whatever the application's code throws
                throw place.failure(condition.getExpressionString(), "failed: " + e.getMessage(), e);
            }
        }
    }
}
