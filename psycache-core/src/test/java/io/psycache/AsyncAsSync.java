package io.psycache;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A {@link PostgresCache} whose operations are those of its {@link AsyncPostgresCache}, waited for. */
final class AsyncAsSync {

    private AsyncAsSync() {}

    static PostgresCache of(PostgresCache cache) {
        AsyncPostgresCache async = cache.async();
        InvocationHandler handler = (proxy, method, arguments) -> {
            try {
                return switch (method.getName()) {
                    case "close", "region", "getAllOrLoad" -> method.invoke(cache, arguments);
                    case "async" -> async;
                    case "startCleanup" -> cleanup(async.startCleanup((Duration) arguments[0]));
                    default -> waited(async, method, arguments);
                };
            } catch (java.lang.reflect.InvocationTargetException e) {
                throw e.getCause();
            } catch (CompletionException e) {
                throw e.getCause();
            }
        };
        return (PostgresCache) Proxy.newProxyInstance(
                PostgresCache.class.getClassLoader(), new Class<?>[] {PostgresCache.class}, handler);
    }

    private static Object waited(AsyncPostgresCache async, java.lang.reflect.Method method, Object[] arguments)
            throws ReflectiveOperationException {
        Object[] given = arguments == null ? new Object[0] : arguments.clone();
        if (method.getName().equals("getOrLoad") && given[given.length - 1] instanceof Callable<?> loader) {
            given[given.length - 1] = completed(loader);
        }
        Object result = AsyncPostgresCache.class
                .getMethod(method.getName(), method.getParameterTypes())
                .invoke(async, given);
        return result instanceof AsyncPostgresCache view ? ofView(view) : ((CompletableFuture<?>) result).join();
    }

    private static PostgresCache ofView(AsyncPostgresCache view) {
        return of(view.sync());
    }

    private static Callable<CompletionStage<?>> completed(Callable<?> loader) {
        return () -> CompletableFuture.completedFuture(loader.call());
    }

    private static CleanupService cleanup(AsyncPostgresCache.AsyncCleanupService service) {
        return new CleanupService() {
            @Override
            public boolean stop(Duration timeout) {
                return service.stop(timeout).join();
            }

            @Override
            public boolean isRunning() {
                return service.isRunning();
            }
        };
    }
}
