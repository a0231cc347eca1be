package io.psycache;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
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
                    case "close", "region", "getAllOrLoad", "cleanupExpired", "startCleanup", "inspection" ->
                        method.invoke(cache, arguments);
                    case "async" -> async;
                    case "withTags", "withSpanName" -> of((PostgresCache) method.invoke(cache, arguments));
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
        return ((CompletableFuture<?>) result).join();
    }

    private static Callable<CompletionStage<?>> completed(Callable<?> loader) {
        return () -> CompletableFuture.completedFuture(loader.call());
    }
}
