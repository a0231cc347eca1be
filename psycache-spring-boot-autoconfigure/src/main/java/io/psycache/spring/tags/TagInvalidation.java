package io.psycache.spring.tags;

import io.psycache.spring.InvalidateTags;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;

/** What {@link InvalidateTags} of a method says. */
public final class TagInvalidation {
    private final InvalidateTags declared;
    private final ExpressionPlace place;
    private final MethodExpressions expressions;
    private final TagTemplates templates;
    private final @Nullable Expression condition;

    /** @throws ExpressionPlace.ExpressionException if an expression can't be parsed */
    TagInvalidation(InvalidateTags declared, ExpressionPlace place, MethodExpressions expressions) {
        this.declared = declared;
        this.place = place;
        this.expressions = expressions;
        this.templates = TagTemplates.parse(declared.value(), place, expressions);
        this.condition = declared.condition().isEmpty() ? null : expressions.expression(declared.condition(), place);
    }

    public boolean isBeforeInvocation() {
        return declared.beforeInvocation();
    }

    /**
     * The tags to invalidate; none where the condition is not met.
     *
     * @param result null also before the invocation
     */
    public List<String> tags(MethodCall call, @Nullable Object result) {
        EvaluationContext context = expressions.context(call, result);
        return condition == null || isMet(condition, context) ? templates.tags(context) : List.of();
    }

    private boolean isMet(Expression condition, EvaluationContext context) {
        try {
            return Boolean.TRUE.equals(condition.getValue(context, Boolean.class));
        } catch (RuntimeException e) { // SpEL's own, or whatever the application's code throws
            throw place.failure(condition.getExpressionString(), "failed: " + e.getMessage(), e);
        }
    }
}
