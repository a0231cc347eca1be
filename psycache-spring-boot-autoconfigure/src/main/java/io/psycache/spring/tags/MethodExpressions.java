package io.psycache.spring.tags;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.ParserContext;
import org.springframework.expression.common.CompositeStringExpression;
import org.springframework.expression.common.TemplateParserContext;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.util.ClassUtils;

/**
 * The expressions in an annotation of a method, and what they see: as in those of Spring's caching. Variables are checked when
 * an expression is parsed, for SpEL takes an unknown one for null. Thread-safe.
 *
 * @param method the one that runs
 * @param hasResult whether {@code #result} may be used
 * @param shared what all evaluations have
 */
record MethodExpressions(
        Class<? extends Annotation> annotation, Method method, boolean hasResult, StandardEvaluationContext shared) {
    private static final String RESULT = "result";
    private static final ParserContext TEMPLATE = new TemplateParserContext();
    private static final SpelExpressionParser PARSER = new SpelExpressionParser();
    private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

    /** @param result null also before there is one */
    EvaluationContext context(MethodCall call, @Nullable Object result) {
        MethodBasedEvaluationContext context = new MethodBasedEvaluationContext(call, method, call.args(), NAMES);
        shared.applyDelegatesTo(context);
        context.setVariable(RESULT, result);
        return context;
    }

    /** The parts of a template: text and expressions. */
    List<Expression> template(String template) {
        Expression parsed = parse(template, TEMPLATE);
        List<Expression> parts = parsed instanceof CompositeStringExpression composite
                ? List.of(composite.getExpressions())
                : List.of(parsed);
        parts.forEach(part -> checkVariables(part, template));
        return parts;
    }

    Expression expression(String expression) {
        Expression parsed = parse(expression, null);
        checkVariables(parsed, expression);
        return parsed;
    }

    private Expression parse(String text, @Nullable ParserContext context) {
        try {
            return PARSER.parseExpression(text, context);
        } catch (ParseException | IllegalArgumentException e) {
            throw failure(text, "can't be parsed: " + e.getMessage(), e);
        }
    }

    private void checkVariables(Expression part, String text) {
        if (part instanceof SpelExpression expression) {
            Set<String> known = variables();
            variablesOf(expression.getAST())
                    .filter(name -> !known.contains(name))
                    .findFirst()
                    .ifPresent(name -> {
                        throw failure(text, unknown(name, known), null);
                    });
        }
    }

    private static String unknown(String name, Set<String> known) {
        return "uses " + name + ", but here are only " + String.join(", ", known)
                + (name.equals("#" + RESULT)
                        ? "; before the invocation there is no result"
                        : "; parameters have names if the class is compiled with -parameters");
    }

    private static Stream<String> variablesOf(SpelNode node) {
        Stream<String> own = node instanceof VariableReference ? Stream.of(node.toStringAST()) : Stream.empty();
        return Stream.concat(
                own,
                IntStream.range(0, node.getChildCount())
                        .mapToObj(node::getChild)
                        .flatMap(child -> variablesOf(child)));
    }

    private Set<String> variables() {
        Stream<String> general = hasResult ? Stream.of("root", "this", RESULT) : Stream.of("root", "this");
        Stream<String> numbered =
                IntStream.range(0, method.getParameterCount()).boxed().flatMap(i -> Stream.of("a" + i, "p" + i));
        String[] named = NAMES.getParameterNames(method);
        Set<String> variables = new TreeSet<>();
        Stream.of(general, numbered, named == null ? Stream.<String>empty() : Arrays.stream(named))
                .flatMap(all -> all)
                .forEach(name -> variables.add("#" + name));
        return variables;
    }

    /**
     * The value of {@code expression}.
     *
     * @param text what it is a part of
     * @throws IllegalStateException if it fails
     */
    <T> @Nullable T value(Expression expression, EvaluationContext context, Class<T> type, String text) {
        try {
            return expression.getValue(context, type);
        } catch (RuntimeException e) { // SpEL's own, or whatever the application's code throws
            throw failure(text, "failed: " + e.getMessage(), e);
        }
    }

    /** @param problem what is wrong with {@code text} and what to do */
    IllegalStateException failure(String text, String problem, @Nullable Throwable cause) {
        return new IllegalStateException(
                "\"" + text + "\" in @" + annotation.getSimpleName() + " of "
                        + ClassUtils.getQualifiedMethodName(method) + " " + problem,
                cause);
    }
}
