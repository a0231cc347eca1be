package io.psycache.spring.tags;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * Where an expression is written, for messages.
 *
 * @param method the one that runs
 * @param hasResult whether {@code #result} may be used there
 */
record ExpressionPlace(Class<? extends Annotation> annotation, Method method, boolean hasResult) {

    /** @param problem what is wrong with {@code text} and what to do, after "the expression" */
    ExpressionException failure(String text, String problem, @Nullable Throwable cause) {
        return new ExpressionException(
                "\"" + text + "\" in @" + annotation.getSimpleName() + " of "
                        + ClassUtils.getQualifiedMethodName(method) + " " + problem,
                cause);
    }

    /** An expression can't be parsed or evaluated, or does not give what it should. The message says where it is written. */
    static final class ExpressionException extends IllegalStateException {
        private ExpressionException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
