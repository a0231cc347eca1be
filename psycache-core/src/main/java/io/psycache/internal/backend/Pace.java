package io.psycache.internal.backend;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How a caller waits: for statements, for loaders, and for time to pass. */
public enum Pace {

    /** The caller blocks, and its loader returns the value. */
    BLOCKING {
        @Override
        public Reply<@Nullable Object> call(Callable<?> loader) {
            return Reply.calling(loader);
        }

        @Override
        public Reply<Boolean> pause(long nanos) {
            return Reply.calling(() -> {
                TimeUnit.NANOSECONDS.sleep(nanos);
                return true;
            });
        }
    },

    /** The caller is told, and its loader returns a {@link CompletionStage}. */
    TOLD {
        @Override
        @SuppressWarnings("ConstantValue") // users' loaders are not null-checked
        public Reply<@Nullable Object> call(Callable<?> loader) {
            return Reply.from(() -> {
                CompletionStage<?> stage = (CompletionStage<?>) loader.call();
                return stage != null
                        ? Reply.coming(stage)
                        : Reply.failed(new IllegalStateException("the loader returned null instead of a future"));
            });
        }

        @Override
        public Reply<Boolean> pause(long nanos) {
            return Reply.coming(new CompletableFuture<Boolean>().completeOnTimeout(true, nanos, TimeUnit.NANOSECONDS));
        }
    };

    public abstract Reply<@Nullable Object> call(Callable<?> loader);

    /** True after {@code nanos} nanoseconds. A blocking caller that is interrupted fails with {@link InterruptedException}. */
    public abstract Reply<Boolean> pause(long nanos);
}
