package io.psycache.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;

/**
 * What {@link InvalidateTags} of a method says.
 *
 * @param condition null = none
 */
record TagInvalidation(
        TagTemplates tags, @Nullable Expression condition, boolean beforeInvocation, ExpressionPlace place) {

    static TagInvalidation of(InvalidateTags declared, ExpressionPlace place, MethodExpressions expressions) {
        return new TagInvalidation(
                TagTemplates.parse(declared.value(), place, expressions),
                declared.condition().isEmpty() ? null : expressions.expression(declared.condition(), place),
                declared.beforeInvocation(),
                place);
    }

    /** The tags to invalidate; none where the condition is not met. */
    List<String> tags(EvaluationContext context) {
        return condition == null || isMet(condition, context) ? tags.tags(context) : List.of();
    }

    private boolean isMet(Expression condition, EvaluationContext context) {
        try {
            return Boolean.TRUE.equals(condition.getValue(context, Boolean.class));
        } catch (RuntimeException e) { // SpEL's own, or whatever the application's code throws
            throw place.failure(condition.getExpressionString(), "failed: " + e.getMessage(), e);
        }
    }
}
