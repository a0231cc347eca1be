package io.psycache.spring.tags;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.util.ClassUtils;
import org.springframework.util.CollectionUtils;
import org.springframework.util.ObjectUtils;
import org.springframework.util.StringUtils;

/** A parsed template of tags: text with expressions, which is one tag, or one expression, which gives any number. */
record TagTemplate(String text, MethodExpressions expressions, List<Expression> parts) {

    TagTemplate(String text, MethodExpressions expressions) {
        this(checked(text, text, expressions), expressions, expressions.template(text));
    }

    /** @throws IllegalStateException if it can't be evaluated */
    List<String> tags(EvaluationContext context) {
        return parts.size() == 1
                ? whole(value(parts.get(0), context))
                : List.of(checked(joined(context), text, expressions));
    }

    private @Nullable Object value(Expression part, EvaluationContext context) {
        return ObjectUtils.unwrapOptional(expressions.value(part, context, Object.class, text));
    }

    private List<String> whole(@Nullable Object value) {
        List<String> tags = new ArrayList<>();
        for (Object tag : elements(value)) {
            if (tag != null) {
                tags.add(checked(word(tag), text, expressions));
            }
        }
        return tags;
    }

    private static Iterable<?> elements(@Nullable Object value) {
        if (value instanceof Iterable<?> many) {
            return many;
        }
        return ObjectUtils.isArray(value) ? CollectionUtils.arrayToList(value) : Collections.singletonList(value);
    }

    private String joined(EvaluationContext context) {
        StringBuilder tag = new StringBuilder();
        for (Expression part : parts) {
            tag.append(word(one(part, value(part, context))));
        }
        return tag.toString();
    }

    private Object one(Expression part, @Nullable Object value) {
        String expression = part.getExpressionString();
        if (value == null) {
            throw expressions.failure(
                    text,
                    "is no tag, for " + expression + " is null; for no tag in this case let one expression give the"
                            + " whole tag, or null",
                    null);
        }
        if (value instanceof Iterable<?> || ObjectUtils.isArray(value)) {
            throw expressions.failure(
                    text,
                    "is no tag, for " + expression + " has several elements; for a tag of each let one expression give"
                            + " all, as in #{" + expression + ".!['text' + #this]}",
                    null);
        }
        return value;
    }

    /** As code that calls {@code withTags} would join it. */
    private String word(Object value) {
        String word = String.valueOf(value);
        if (word.equals(identityOf(value))) {
            throw expressions.failure(
                    text,
                    "gives a " + ClassUtils.getQualifiedName(value.getClass())
                            + ", which has no toString; name its property that is meant",
                    null);
        }
        return word;
    }

    /** The text that {@link Object#toString} gives. Whether a class has another can't be asked for in a native image. */
    private static String identityOf(Object value) {
        return value.getClass().getName() + '@' + Integer.toHexString(value.hashCode());
    }

    private static String checked(String tag, String text, MethodExpressions expressions) {
        if (!StringUtils.hasText(tag)) {
            throw expressions.failure(text, "gives a blank tag; let an expression be null for no tag", null);
        }
        return tag;
    }
}
