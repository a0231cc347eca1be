package io.psycache.internal.backend;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;

/**
 * An answer that is there, or one that comes: a use case is written once, for callers that block and for callers that are told. Of an
 * answer that is there the next step runs at once, on the same thread. A failure is part of the reply until {@link #get()}.
 *
 * @param <T> the value, which may be null
 */
public final class Reply<T extends @Nullable Object> {
    private final @Nullable T value;
    private final @Nullable Throwable failure;
    private final @Nullable CompletableFuture<T> coming;

    private Reply(@Nullable T value, @Nullable Throwable failure, @Nullable CompletableFuture<T> coming) {
        this.value = value;
        this.failure = failure;
        this.coming = coming;
    }

    public static <T extends @Nullable Object> Reply<T> of(@Nullable T value) {
        return new Reply<>(value, null, null);
    }

    public static <T extends @Nullable Object> Reply<T> failed(Throwable failure) {
        return new Reply<>(null, failure, null);
    }

    public static <T extends @Nullable Object> Reply<T> coming(CompletionStage<? extends T> stage) {
        CompletableFuture<T> future = new CompletableFuture<>();
        stage.whenComplete((value, failure) -> complete(future, value, failure));
        return new Reply<>(null, null, future);
    }

    /** This reply or, where it does not come within {@code nanos} nanoseconds, a {@link QueryTimeoutException}. */
    Reply<T> within(long nanos) {
        return coming == null
                ? this
                : coming(coming.orTimeout(nanos, TimeUnit.NANOSECONDS)).recover(failure -> {
                    return failed(failure instanceof TimeoutException ? late(nanos) : failure);
                });
    }

    private static QueryTimeoutException late(long nanos) {
        return new QueryTimeoutException(
                "There was no answer within psycache.timeout (" + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms)");
    }

    /** The reply of {@code work}, or its failure. */
    public static <T extends @Nullable Object> Reply<T> from(Callable<Reply<T>> work) {
        try {
            return work.call();
        } catch (Throwable e) { // part of the reply
            return failed(e);
        }
    }

    /** The value of {@code work}, or its failure. */
    public static <T extends @Nullable Object> Reply<T> calling(Callable<? extends T> work) {
        try {
            return of(work.call());
        } catch (Throwable e) { // part of the reply
            return failed(e);
        }
    }

    /** Asks until there is an answer. */
    public static <T> Reply<T> until(Callable<Reply<Optional<T>>> attempt) {
        while (true) {
            Reply<Optional<T>> reply = from(attempt);
            if (reply.coming != null) {
                CompletableFuture<T> result = new CompletableFuture<>();
                until(attempt, reply, result);
                return new Reply<>(null, null, result);
            }
            if (reply.failure != null) {
                return failed(reply.failure);
            }
            Optional<T> answer = reply.get();
            if (answer.isPresent()) {
                return of(answer.get());
            }
        }
    }

    /** An attempt begins where the last one has ended, and not within it: the stack and the chain of futures would grow with each. */
    private static <T> void until(
            Callable<Reply<Optional<T>>> attempt, Reply<Optional<T>> first, CompletableFuture<T> result) {
        Reply<Optional<T>> last = first;
        while (last.coming == null || last.coming.isDone()) {
            if (settles(last, result)) {
                return;
            }
            last = from(attempt);
        }
        Reply<Optional<T>> pending = last;
        last.coming.whenComplete((answer, problem) -> until(attempt, pending, result));
    }

    private static <T> boolean settles(Reply<Optional<T>> done, CompletableFuture<T> result) {
        Reply<Boolean> settled = calling(() -> done.get().map(result::complete).isPresent());
        if (settled.failure != null) {
            result.completeExceptionally(cause(settled.failure));
        }
        return settled.failure != null || settled.get();
    }

    /** The reply to what follows on the value. */
    public <R extends @Nullable Object> Reply<R> then(Function<? super T, Reply<R>> next) {
        if (coming != null) {
            return coming(coming.thenCompose(answer -> next.apply(answer).future()));
        }
        return failure != null ? failed(failure) : from(() -> next.apply(cast(value)));
    }

    public <R extends @Nullable Object> Reply<R> map(Function<? super T, ? extends R> next) {
        if (coming != null) {
            return coming(coming.thenApply(next));
        }
        return failure != null ? failed(failure) : calling(() -> next.apply(cast(value)));
    }

    /** The reply to what follows on a failure. */
    public Reply<T> recover(Function<Throwable, Reply<T>> next) {
        if (coming != null) {
            return coming(coming.handle((answer, problem) -> problem == null
                            ? coming
                            : from(() -> next.apply(cause(problem))).future())
                    .thenCompose(Function.identity()));
        }
        return failure != null ? from(() -> next.apply(failure)) : this;
    }

    /** Tells {@code listener} the value or the failure, before anybody who has this reply. */
    public Reply<T> whenDone(BiConsumer<@Nullable T, @Nullable Throwable> listener) {
        if (coming != null) {
            return coming(coming.whenComplete(
                    (answer, problem) -> listener.accept(answer, problem == null ? null : cause(problem))));
        }
        return from(() -> {
            listener.accept(value, failure);
            return this;
        });
    }

    /** The value; waits where it comes. @throws RuntimeException the failure */
    public T get() {
        if (coming != null) {
            return joined(coming);
        }
        if (failure != null) {
            throw unchecked(failure);
        }
        return cast(value);
    }

    private static <T extends @Nullable Object> T joined(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw unchecked(cause(e));
        }
    }

    private static RuntimeException unchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException unchecked ? unchecked : new CompletionException(failure);
    }

    /** The value or the failure as a future. */
    public CompletableFuture<T> future() {
        if (coming != null) {
            return coming;
        }
        CompletableFuture<T> future = new CompletableFuture<>();
        complete(future);
        return future;
    }

    /** Completes {@code future} as this reply does. */
    public void complete(CompletableFuture<T> future) {
        if (coming != null) {
            coming.whenComplete((answer, problem) -> complete(future, answer, problem));
        } else {
            complete(future, value, failure);
        }
    }

    private static <T extends @Nullable Object> void complete(
            CompletableFuture<T> future, @Nullable T value, @Nullable Throwable failure) {
        if (failure == null) {
            future.complete(cast(value));
        } else {
            future.completeExceptionally(cause(failure));
        }
    }

    /** The failure itself, without what the steps on the way have wrapped around it. */
    public static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // null only where T has null
    private static <T extends @Nullable Object> T cast(@Nullable Object value) {
        return (T) value;
    }
}
