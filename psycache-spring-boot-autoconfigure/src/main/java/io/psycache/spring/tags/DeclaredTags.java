package io.psycache.spring.tags;

import io.psycache.CacheRegion.TagFunction;
import io.psycache.CacheValueException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.AnnotatedElementKey;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.spel.support.StandardEvaluationContext;

/**
 * The tags that annotations of one type declare for methods: {@link io.psycache.spring.CacheTags} or {@link
 * io.psycache.spring.InvalidateTags}. Thread-safe.
 */
public final class DeclaredTags {
    private final Class<? extends Annotation> annotation;
    private final StandardEvaluationContext shared = new StandardEvaluationContext();
    private final Map<AnnotatedElementKey, Optional<Declaration>> known = new ConcurrentHashMap<>();

    public DeclaredTags(Class<? extends Annotation> annotation, BeanFactory beans) {
        this.annotation = annotation;
        shared.setBeanResolver(new BeanFactoryResolver(beans));
    }

    /**
     * The tags that the annotation of {@code method} declares; null where it has none.
     *
     * @throws IllegalStateException if an expression can't be parsed
     */
    public @Nullable Declaration of(Method method, Class<?> targetClass) {
        return known.computeIfAbsent(new AnnotatedElementKey(method, targetClass), key -> resolve(method, targetClass))
                .orElse(null);
    }

    private Optional<Declaration> resolve(Method method, Class<?> targetClass) {
        Annotation found = MethodAnnotations.find(method, targetClass, annotation);
        return found == null
                ? Optional.empty()
                : Optional.of(new Declaration(found, AopUtils.getMostSpecificMethod(method, targetClass), shared));
    }

    /** The tags of one annotation. */
    public static final class Declaration {
        private final boolean beforeInvocation;
        private final MethodExpressions expressions;
        private final List<TagTemplate> templates;
        private final @Nullable Expression condition;

        private Declaration(Annotation annotation, Method method, StandardEvaluationContext shared) {
            MergedAnnotation<?> said = MergedAnnotation.from(annotation);
            String condition = said.getValue("condition", String.class).orElse("");
            this.beforeInvocation =
                    said.getValue("beforeInvocation", Boolean.class).orElse(false);
            this.expressions = new MethodExpressions(said.getType(), method, !beforeInvocation, shared);
            this.templates = Stream.of(said.getStringArray("value"))
                    .map(text -> new TagTemplate(text, expressions))
                    .toList();
            this.condition = condition.isEmpty() ? null : expressions.expression(condition);
        }

        public boolean isBeforeInvocation() {
            return beforeInvocation;
        }

        /**
         * The tags of {@code call}; none where the condition is not met.
         *
         * @param result null also before the invocation
         * @throws IllegalStateException if an expression can't be evaluated, or gives no tag
         */
        public List<String> tags(MethodCall call, @Nullable Object result) {
            EvaluationContext context = expressions.context(call, result);
            return condition == null || isMet(condition, context)
                    ? templates.stream()
                            .flatMap(template -> template.tags(context).stream())
                            .toList()
                    : List.of();
        }

        private boolean isMet(Expression condition, EvaluationContext context) {
            return Boolean.TRUE.equals(
                    expressions.value(condition, context, Boolean.class, condition.getExpressionString()));
        }

        /** The tags of what {@code call} puts. */
        public TagFunction of(MethodCall call) {
            return (key, value) -> {
                try {
                    return tags(call, value);
                } catch (IllegalStateException e) {
                    String type = value == null ? "null" : value.getClass().getName();
                    throw new CacheValueException(key, type, String.valueOf(e.getMessage()), e);
                }
            };
        }
    }
}
