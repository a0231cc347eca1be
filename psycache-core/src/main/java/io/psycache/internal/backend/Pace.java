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
        Reply<@Nullable Object> reply(Callable<?> loader) {
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
        Reply<@Nullable Object> reply(Callable<?> loader) {
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

    private static final ThreadLocal<Boolean> IN_LOADER = new ThreadLocal<>();

    /** What {@code loader} returns or throws. */
    public final Reply<@Nullable Object> call(Callable<?> loader) {
        boolean nested = isInLoader();
        IN_LOADER.set(true);
        try {
            return reply(loader);
        } finally {
            if (!nested) {
                IN_LOADER.remove();
            }
        }
    }

    /** Whether this thread is within a loader of any cache. */
    public static boolean isInLoader() {
        return IN_LOADER.get() != null;
    }

    abstract Reply<@Nullable Object> reply(Callable<?> loader);

    /** True after {@code nanos} nanoseconds. A blocking caller that is interrupted fails with {@link InterruptedException}. */
    public abstract Reply<Boolean> pause(long nanos);
}
