package io.psycache.spring.advice;

import io.psycache.PostgresCache;
import io.psycache.spring.tags.MethodCall;
import io.psycache.spring.tags.TagInvalidation;
import io.psycache.spring.tags.TagInvalidations;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;

/** Invalidates tags before or after a method. What fails is the caller's to know. */
final class InvalidateTagsInterceptor implements MethodInterceptor {
    private final TagInvalidations invalidations;
    private final Supplier<PostgresCache> cache;

    InvalidateTagsInterceptor(TagInvalidations invalidations, Supplier<PostgresCache> cache) {
        this.invalidations = invalidations;
        this.cache = cache;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        MethodCall call = call(invocation);
        TagInvalidation declared = invalidations.of(call.getMethod(), call.getTargetClass());
        if (declared == null) {
            return invocation.proceed();
        }
        if (declared.isBeforeInvocation()) {
            invalidate(declared, call, null);
            return invocation.proceed();
        }
        return Completion.of(invocation.proceed(), result -> invalidate(declared, call, result));
    }

    private static MethodCall call(MethodInvocation invocation) {
        Object target = Objects.requireNonNull(invocation.getThis(), "a bean's method has a target");
        return new MethodCall(
                invocation.getMethod(), target, AopProxyUtils.ultimateTargetClass(target), invocation.getArguments());
    }

    private void invalidate(TagInvalidation declared, MethodCall call, @Nullable Object result) {
        List<String> tags = declared.tags(call, result);
        if (!tags.isEmpty()) {
            cache.get().invalidateTags(tags.toArray(String[]::new));
        }
    }
}
