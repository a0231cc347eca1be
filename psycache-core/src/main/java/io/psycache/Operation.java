package io.psycache;

import io.psycache.instrumentation.CacheInstrumentation.Span;
import io.psycache.internal.lane.Route;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What one caller wants outside a transaction, on the caller's thread or as a future: questions on one route, and what is made of
 * the answers. Its span ends with it.
 *
 * @param <R> the result
 */
final class Operation<Q, A, R extends @Nullable Object> {
    private final Span span;
    private final Route<Q, A> route;
    private final List<Q> questions;
    private final Function<List<A>, R> result;
    private final UnaryOperator<RuntimeException> explanation;

    private Operation(
            Span span,
            Route<Q, A> route,
            List<Q> questions,
            Function<List<A>, R> result,
            UnaryOperator<RuntimeException> explanation) {
        this.span = span;
        this.route = route;
        this.questions = questions;
        this.result = result;
        this.explanation = explanation;
    }

    static <Q, A, R extends @Nullable Object> Operation<Q, A, R> of(
            Span span, Route<Q, A> route, Q question, Function<A, R> result) {
        return ofMany(span, route, List.of(question), answers -> result.apply(answers.get(0)));
    }

    /** @param result made of the answers, in the order of {@code questions} */
    static <Q, A, R extends @Nullable Object> Operation<Q, A, R> ofMany(
            Span span, Route<Q, A> route, List<Q> questions, Function<List<A>, R> result) {
        return new Operation<>(span, route, questions, result, UnaryOperator.identity());
    }

    /** @param better what is thrown instead of a failure */
    Operation<Q, A, R> explained(UnaryOperator<RuntimeException> better) {
        return new Operation<>(span, route, questions, result, better);
    }

    /** Waits for the result. */
    R run() {
        try (span) {
            return Spans.recorded(span, () -> {
                List<A> answers = new ArrayList<>(questions.size());
                questions.forEach(question -> answers.add(asked(question)));
                return result.apply(answers);
            });
        }
    }

    private A asked(Q question) {
        try {
            return route.call(question);
        } catch (RuntimeException e) {
            throw explanation.apply(e);
        }
    }

    /** Returns at once; the result is made on a thread that it may block. */
    CompletableFuture<R> start() {
        CompletableFuture<List<A>> answered = new CompletableFuture<>();
        Object[] answers = new Object[questions.size()];
        AtomicInteger missing = new AtomicInteger(answers.length);
        for (int i = 0; i < answers.length; i++) {
            int position = i;
            route.submit(questions.get(i), (answer, failure) -> {
                answers[position] = answer;
                if (failure != null) {
                    answered.completeExceptionally(explanation.apply(failure));
                } else if (missing.decrementAndGet() == 0) {
                    answered.complete(cast(answers));
                }
            });
        }
        return finished(answered);
    }

    private CompletableFuture<R> finished(CompletableFuture<List<A>> answered) {
        CompletableFuture<R> future = new CompletableFuture<>();
        answered.whenComplete((answers, failure) -> {
            try (span) {
                if (failure != null) {
                    span.recordError(failure);
                    future.completeExceptionally(failure);
                    return;
                }
                future.complete(Spans.recorded(span, () -> result.apply(answers)));
            } catch (RuntimeException | Error e) { // handed on to whoever waits for the future
                future.completeExceptionally(e);
            }
        });
        return future;
    }

    @SuppressWarnings("unchecked") // what the route answers
    private static <A> List<A> cast(Object[] answers) {
        return (List<A>) Arrays.asList(answers);
    }
}
