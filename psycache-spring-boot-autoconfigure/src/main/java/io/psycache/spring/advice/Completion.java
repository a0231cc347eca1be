package io.psycache.spring.advice;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;
import org.springframework.util.CollectionUtils;
import org.springframework.util.ObjectUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Runs an action with what a method returned, once that is there. */
final class Completion {
    private static final boolean REACTOR =
            ClassUtils.isPresent("reactor.core.publisher.Flux", Completion.class.getClassLoader());

    private Completion() {}

    /** @return what the caller is to get instead: it completes after {@code action}, and fails if that does */
    static @Nullable Object of(@Nullable Object returned, Consumer<@Nullable Object> action) {
        if (returned instanceof CompletionStage<?> stage) {
            return stage.thenApply(value -> after(action, value));
        }
        Object reactive = REACTOR && returned != null ? Reactive.of(returned, action) : null;
        return reactive != null ? reactive : after(action, returned);
    }

    private static <T> @Nullable T after(Consumer<@Nullable Object> action, @Nullable T value) {
        action.accept(ObjectUtils.unwrapOptional(value));
        return value;
    }

    /** Loaded only where Reactor is. */
    private static final class Reactive {

        private Reactive() {}

        /** Null where {@code returned} is of no reactive type. */
        static @Nullable Object of(Object returned, Consumer<@Nullable Object> action) {
            ReactiveAdapter adapter =
                    ReactiveAdapterRegistry.getSharedInstance().getAdapter(returned.getClass());
            if (adapter == null) {
                return null;
            }
            Flux<Object> source = Flux.from(adapter.toPublisher(returned));
            return adapter.fromPublisher(
                    adapter.isMultiValue()
                            ? then(source, action::accept)
                            : then(source, elements -> after(action, CollectionUtils.firstElement(elements)))
                                    .singleOrEmpty());
        }

        private static Flux<Object> then(Flux<Object> source, Consumer<List<Object>> action) {
            return Flux.defer(() -> {
                List<Object> elements = new ArrayList<>();
                return source.doOnNext(elements::add)
                        .concatWith(Mono.defer(
                                () -> run(() -> action.accept(elements)).cast(Object.class)));
            });
        }

        /** On the thread that completes, which may have a transaction, unless it must not block. */
        private static Mono<Void> run(Runnable action) {
            Mono<Void> running = Mono.fromRunnable(action);
            return Schedulers.isInNonBlockingThread() ? running.subscribeOn(Schedulers.boundedElastic()) : running;
        }
    }
}
